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
	cdrscan --no-config -v -d calls.db "${@:2}" "$1" 2>err
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

@test "what a spreadsheet took from the records is told, with how many" {
	cat >saved.csv <<-'EOF'
		calldate,src,dst,duration,billsec,disposition
		22/01/26 09:32,201,9.71E+11,20,0,NO ANSWER
		23/01/26 09:28,201,4.42E+11,331,328,ANSWERED
		24/01/26 09:28,202,"4,42E+11",331,328,ANSWERED
		25/01/26 09:49,203,13125550142,90,83,ANSWERED
	EOF
	recorded saved.csv >calls
	grep -F "precision lost: 3 of 4 calls have a number rounded as in '9.71E+11'" err
	grep -F 'precision lost: 4 of 4 calls have times without seconds' err
	# Neither is what a switch writes.
	recorded "$(sample asterisk-table)" >calls
	run ! grep -F 'precision lost' err
}

@test "the sides of a call, and the legs that name each other, are one call" {
	while read -r id calls legs; do
		cdrscan --no-config -f ndjson "$(sample "$id")" >out 2>err
		tail -n 1 out | jq -ce ".counts |
		    .calls == $calls and .legs == $legs and .rejects == 0"
	done <<-'EOF'
		audiocodes 3 1
		cisco-ios 3 2
		avaya-ipoffice 7 0
		freeswitch-csv 6 1
	EOF
}

@test "an Asterisk with decimals in its spans is read" {
	printf '%s\n' '"""A"" <201>","201","13125550142","d","PJSIP/201-00000001","PJSIP/c-00000002","Dial","x","2026-01-22 09:14:30","2026-01-22 09:14:37","2026-01-22 09:15:45","75.250000","68.125000","ANSWERED","DOCUMENTATION","","1769069670.18","",1' >custom.csv
	recorded custom.csv >calls
	grep -q ': asterisk-custom, confidence 1.00' err
	grep -q ' 7125+68125 ' calls
}

@test "cdr_csv that a spreadsheet saved again is the same to the minute" {
	python3 - "$TOP/samples/clean-day.csv" >saved.csv <<-'EOF'
		import csv, datetime, sys
		out = csv.writer(sys.stdout, delimiter=";")
		for row in csv.reader(open(sys.argv[1])):
		    for i in (9, 10, 11):
		        if row[i]:
		            t = datetime.datetime.fromisoformat(row[i])
		            row[i] = t.strftime("%d.%m.%Y %H:%M")
		    out.writerow(row)
	EOF
	recorded saved.csv >calls
	grep -q ': asterisk-csv, confidence 1.00' err
	sed 's/:[0-9][0-9]Z / /' "$TOP/tests/cli/layouts/asterisk-csv.calls" >want
	sed 's/:[0-9][0-9]Z / /' calls >got
	diff want got
}
