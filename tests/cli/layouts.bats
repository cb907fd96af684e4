#!/usr/bin/env bats
# Every shipped layout on a file of its own: recognised, every record accounted
# for, and the calls as recorded those of tests/cli/layouts/ID.calls.

bats_require_minimum_version 1.5.0
load common

# The sample of a layout; that of cdr_csv is the quiet day.
sample() { # ID
	if [ "$1" = asterisk-csv ]; then
		echo "$TOP/samples/clean-day.csv"
	else
		echo "$TOP/samples/$1".*
	fi
}

ids() {
	(cd "$TOP/rules/layouts" && ls ./*.json) | sed 's|^\./||; s|\.json$||'
}

# The calls of a file as recorded, with options of cdrscan.
recorded() { # FILE [OPTION]...
	rm -f calls.db
	cdrscan --no-config --now 2026-02-01T00:00Z -v -d calls.db "${@:2}" "$1" 2>err
	sqlite3 calls.db <"$TOP/tests/cli/layouts.sql"
}

@test "each layout has a sample that is recognised, and its calls are right" {
	n=0
	for id in $(ids); do
		recorded "$(sample "$id")" >calls
		grep -q ": $id, confidence 1.00" err || { cat err && return 1; }
		grep -q ', 0 rejected' err
		diff "$TOP/tests/cli/layouts/$id.calls" calls || {
			echo "$id" && return 1
		}
		n=$((n + 1))
	done
	[ "$n" -ge 15 ]
}

@test "stating the layout changes nothing" {
	for id in $(ids); do
		file=$(sample "$id")
		recorded "$file" >calls
		recorded "$file" -t "$id" >stated
		diff calls stated
	done
}

@test "a header may name its columns in any order" {
	python3 "$TOP/tests/cli/shuffle.py" "$TOP/samples" shuffled 25
	n=0
	for file in shuffled/*; do
		id=${file#shuffled/}
		id=${id%%.*}
		recorded "$file" >calls
		diff "$TOP/tests/cli/layouts/$id.calls" calls || {
			echo "$file" && return 1
		}
		n=$((n + 1))
	done
	[ "$n" -eq 100 ]
}
