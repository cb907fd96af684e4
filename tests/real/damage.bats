#!/usr/bin/env bats
# Copies of real records with bits turned over, cut off, with pieces twice:
# no crash, and every record is one of five things.

bats_require_minimum_version 1.5.0
load common

# Scan damaged copies of a file, each in its own run.
survive() { # FILE N
	mkdir copies
	python3 "$TOP/tests/real/damage.py" "$1" copies "$2"
	for copy in copies/*; do
		status=0
		scan -v "$copy" >out 2>err || status=$?
		[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || {
			echo "$copy: exit $status" && cat err && return 1
		}
		counts out >counts || { echo "$copy" && tail -n 1 out && return 1; }
		# A call that is shown begins on a line that is there.
		lines=$(tr '\r' '\n' <"$copy" | awk 'END { print NR }')
		jq -e --argjson lines "$lines" \
			'[.evidence[]?.line] | all(. >= 1 and . <= $lines)' out >ok
	done
}

@test "cdr_csv, 21 columns, damaged" {
	survive "$MASTER" 30
}

@test "cdr_csv, 18 columns, damaged" {
	survive "$GOOD" 30
}

@test "cdr_csv, pseudonymised, damaged" {
	survive "$PSEUDONYMISED" 30
}

@test "cdr_custom, damaged" {
	survive "$CUSTOM" 30
}

@test "all damaged copies in one run" {
	mkdir copies
	python3 "$TOP/tests/real/damage.py" "$PSEUDONYMISED" copies 120
	run --separate-stderr scan copies
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	echo "$output" >out
	counts out | jq -e '.files == 120'
}
