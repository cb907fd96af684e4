#!/usr/bin/env bats
# Damaged copies of the samples whose cells stand at their places: no crash,
# and every record that the damage left whole is the call it was before.

bats_require_minimum_version 1.5.0
load common

# The calls of a file as recorded.
recorded() { # FILE LAYOUT
	rm -f calls.db
	status=0
	cdrscan --no-config --now 2026-02-01T00:00Z -t "$2" --max-rejects 9999 \
		-d calls.db "$1" 2>err || status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || {
		echo "$1: exit $status" && cat err && return 1
	}
	sqlite3 calls.db <"$TOP/tests/cli/layouts.sql"
}

# LAYOUT [LINE]...: lines without which those below them cannot be read.
survive() {
	rm -rf copies && mkdir copies
	# A record a line, whatever else ends records there.
	sed 's/\x03\(.\)/\x03\n\1/g' "$TOP/samples/$1".* >sample
	recorded sample "$1" >whole
	[ -s whole ]
	python3 "$TOP/tests/cli/damage_lines.py" sample copies 12 20260115
	for copy in copies/*.txt; do
		recorded "$copy" "$1" >calls
		for line in "${@:2}"; do
			grep -q " $line\$" "${copy%.txt}.kept" || continue 2
		done
		while read -r new old; do
			sed -n "s/^$old /$new /p" whole
		done <"${copy%.txt}.kept" >wanted
		grep -vxFf calls wanted >lost || true
		[ ! -s lost ] || { echo "$copy" && cat lost && return 1; }
	done
}

@test "damaged Mitel" {
	survive mitel
	survive mitel-level1
	survive mitel-level1-ext
}

@test "damaged Panasonic" {
	survive panasonic
	survive panasonic-b
	survive panasonic-c
	survive panasonic-t824
}

@test "damaged Avaya CM" {
	survive avaya-cm
	# Lines 1 and 5 have the dates.
	survive avaya-cm-teleseer 1 5
	survive avaya-cm-int-isdn 1 5
	survive avaya-cm-printer 1 4
}

@test "damaged NEC" {
	survive nec-neax
	survive nec-neax-flexible
	survive nec-3c
}

@test "damaged DDB and Genband" {
	survive nl-ddb
	survive genband-g6
}

counts() { # FILE
	cdrscan --no-config --now 2027-01-01 -f ndjson "$1" 2>/dev/null | tail -n 1 |
		jq -c '.counts | [.records, .calls + .legs, .rejects]'
}

@test "of two exports in one file the joint is lost, and nothing else" {
	n=0
	for layout in $(jq -r 'select(.header) | .id' "$TOP"/rules/layouts/*.json); do
		head -c -1 "$TOP/samples/$layout.csv" >one.csv
		cat one.csv one.csv >two.csv
		# A last event may be what makes a call of those before it.
		jq -ne --argjson a "$(counts one.csv)" --argjson b "$(counts two.csv)" \
		    '$a[1] > 0 and $b[0] == 2 * $a[0] - 1 and
		     $b[1] >= 2 * $a[1] - 2 and $b[2] <= 1'
		n=$((n + 1))
	done
	[ "$n" -gt 20 ]
}

@test "rows below a header in another order that was joined to a record are no calls" {
	printf '%s\n' "ID,Start Time,From,To,Secs" \
	    "1,2026-01-13 02:11:09,2041,+13125550142,60" \
	    "2,2026-01-13 02:12:09,2041,+13125550143,60ID,Start Time,To,From,Secs" \
	    "3,2026-01-13 03:11:09,+13125550144,2042,60" >joint.csv
	cdrscan --no-config --now 2027-01-01 --max-rejects 9 -t generic \
	    -d n.db joint.csv || [ "$?" -eq 3 ]
	[ "$(sqlite3 n.db "SELECT count(*) FROM calls")" -eq 1 ]
}
