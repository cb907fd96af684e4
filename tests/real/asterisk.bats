#!/usr/bin/env bats
# Records of real Asterisks, from their bytes to findings.

bats_require_minimum_version 1.5.0
load common

@test "cdr_csv, 21 columns: every record is accounted for" {
	scan "$MASTER" >out
	[ "$(counts out | jq -c '[.records, .skipped, .duplicates, .rejects]')" = \
		"[$(wc -l <"$MASTER"),0,0,0]" ]
	python3 "$TOP/tests/real/legs.py" 19 0 "$MASTER" >want
	diff want <(calls out)
}

@test "NO ANSWER with talk time counts as answered, without it does not" {
	scan "$MASTER" >out
	n=0
	while read -r line; do
		sed -n "${line}p" "$MASTER" >one.csv
		talk=$(grep -o ',[0-9]*,"NO ANSWER"' one.csv | tr -dc 0-9)
		scan one.csv >one 2>err
		if [ "$talk" -gt 0 ]; then
			n=$((n + 1))
			[ "$(calls one | cut -f 2-)" = "$talk	answered" ]
			# In the whole file, too, where both are legs of one call.
			calls out | grep -q "^$(calls one | cut -f 1)	60	answered\$"
		else
			[ "$(calls one | cut -f 2-)" = "0	-" ]
		fi
	done < <(grep -n '"NO ANSWER"' "$MASTER" | cut -d : -f 1)
	[ "$n" -eq 2 ]
}

@test "cdr_csv, 18 columns, pseudonymised: every record is accounted for" {
	scan "$PSEUDONYMISED" >out
	[ "$(counts out | jq -c '[.records, .skipped, .duplicates, .rejects]')" = \
		"[$(wc -l <"$PSEUDONYMISED"),0,0,0]" ]
	python3 "$TOP/tests/real/legs.py" 16 0 "$PSEUDONYMISED" >want
	diff want <(calls out)
}

@test "cdr_csv of a test bench: five legs of one call" {
	scan "$GOOD" >out
	[ "$(counts out | jq -c '[.records, .calls, .legs]')" = "[5,1,4]" ]
	[ "$(calls out)" = "2009-01-14T23:51:15Z	7	answered" ]
}

@test "a record that Asterisk cut off is a reject with its place" {
	run --separate-stderr scan "$TRUNCATED"
	[ "$status" -eq 3 ]
	[[ $stderr == *"testsuite_buggy_truncated.csv:1: rejected: "* ]]
	cat "$GOOD" "$TRUNCATED" >both.csv
	scan both.csv >out 2>err || [ $? -eq 3 ]
	[ "$(counts out | jq -c '[.records, .calls, .legs, .rejects]')" = "[6,1,4,1]" ]
	grep -q 'both.csv:6: rejected: ' err
}

@test "cdr_custom: unique ids prove the zone, +03:00" {
	scan "$CUSTOM" >out 2>err
	grep -q 'stamps are +03:00: 7 of 7 unique ids agree' err
	counts out | jq -e '.records == 7 and .calls == 7'
	# The stamp on the line, read in that zone, is the start of the call.
	jq -r 'select(.rule.id == "every-call") | .evidence[] |
	    [.line, .start] | @tsv' out >starts
	[ "$(wc -l <starts)" -eq 7 ]
	while read -r line start; do
		stamp=$(sed -n "${line}p" "$CUSTOM" | cut -d , -f 9 | tr -d '"')
		[ "$(date -u -d "$stamp +03:00" +%FT%TZ)" = "$start" ]
	done <starts
}

@test "every finding leads back to the record that it is about" {
	for file in "$MASTER" "$GOOD" "$PSEUDONYMISED" "$CUSTOM"; do
		scan "$file" >out
		proofs out >places
		[ -s places ]
		while read -r line id; do
			sed -n "${line}p" "$file" | grep -qF "\"$id\""
		done <places
	done
}

@test "shuffled records give the same findings" {
	for file in "$MASTER" "$GOOD" "$PSEUDONYMISED" "$CUSTOM"; do
		cp "$file" records.csv
		scan records.csv >one
		for seed in 1 2 3; do
			{ cat "$file" && echo; } | sed '/^$/d' |
				shuf --random-source=<(yes "$seed") >records.csv
			scan records.csv >two
			diff <(same_findings one) <(same_findings two)
		done
	done
}

@test "a file twice: kept within one file, duplicates in two" {
	for file in "$MASTER" "$GOOD" "$PSEUDONYMISED" "$CUSTOM"; do
		{ cat "$file" && echo; } | sed '/^$/d' >once.csv
		cp once.csv again.csv
		n=$(wc -l <once.csv)
		scan once.csv again.csv >out
		counts out | jq -e --argjson n "$n" \
			'.records == 2 * $n and .duplicates == $n'
		cat once.csv once.csv >twice.csv
		scan twice.csv >out
		counts out | jq -e --argjson n "$n" \
			'.records == 2 * $n and .duplicates == 0'
	done
}

@test "all of them at once, in any order" {
	scan "$MASTER" "$GOOD" "$PSEUDONYMISED" "$CUSTOM" >one
	scan "$CUSTOM" "$PSEUDONYMISED" "$GOOD" "$MASTER" >two
	counts one | jq -e '.files == 4 and .records == 40 + 5 + 218 + 7'
	diff <(same_findings one) <(same_findings two)
}

@test "twice into a store adds nothing" {
	cdrscan --no-config -d calls.db "$MASTER" "$PSEUDONYMISED"
	run cdrscan --no-config -d calls.db -v "$PSEUDONYMISED" "$MASTER"
	[ "$status" -eq 0 ]
	[[ $output == *"0 new, 258 duplicate"* ]]
	[ "$(sqlite3 calls.db 'select count(*) from calls')" -eq 258 ]
}
