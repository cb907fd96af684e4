#!/usr/bin/env bats
# A layout of the site's own: stated with map:FILE, by option or configuration,
# and made of a shipped one with "extends".

bats_require_minimum_version 1.5.0
load common

# Nine fields of three records of the 3CX sample in an order of their own, and their layout.
our_switch() {
	python3 - "$TOP/samples/3cx.csv" >our.csv <<-'PY'
	import csv, sys
	rows = list(csv.reader(open(sys.argv[1], newline="")))[:3]
	out = csv.writer(sys.stdout)
	for r in rows:
	    # history-id, callid, from-no, to-no, start, answered, end, duration,
	    # reason
	    out.writerow([r[i] for i in (0, 1, 7, 8, 3, 4, 5, 2, 6)])
	PY
	cat >our.json <<-'JSON'
	{
	  "cdrlayout": 1,
	  "id": "our-3cx",
	  "title": "3CX of the head office",
	  "extends": "3cx",
	  "columns": ["historyid", "callid", "from-no", "to-no", "time-start",
	    "time-answered", "time-end", "duration", "reason-terminated"]
	}
	JSON
}

@test "a layout that extends another reads other columns by the same fields" {
	our_switch
	run -0 cdrscan --no-config -v -t map:our.json -d our.db our.csv
	[[ $output == *"our.csv: our-3cx, confidence 1.00"* ]]
	[[ $output == *", 0 rejected"* ]]
	sqlite3 our.db <"$TOP/tests/cli/layouts.sql" >calls
	# Direction, trunks and cost are of fields that are not there.
	diff calls - <<-'END'
	1 2026-01-22T09:14:30Z 7000+68000 - answered 201>13125550142 in= out= join=0000019BE0A10001_101
	2 2026-01-22T09:20:00Z 30000+0 - cancelled 13125550177>201 in= out= join=0000019BE0A10002_102
	3 2026-01-22T22:05:00Z 9000+720000 - answered 13125550177>202 in= out= join=0000019BE0A10003_103
	END
}

@test "a layout of one's own is checked, beside what it extends" {
	our_switch
	run -0 cdrrules check our.json
	[ -z "$output" ]
	sed -i 's/"time-end", //' our.json # a field less, and still right
	run -0 cdrrules check our.json
	sed -i 's/"time-answered", //' our.json
	run -1 cdrrules check our.json
	[[ $output == *"our.json:5:14"*"E603"*"key 'answered' is missing: 'columns' leaves out what '3cx' names"* ]]
	sed -i 's/"3cx"/"3xc"/' our.json
	run -1 cdrrules check our.json
	[[ $output == *"E602"*"no such layout: '3xc'"*"did you mean '3cx'?"* ]]
}

@test "a layout that is wrong, or not there, is exit 2 before anything is read" {
	our_switch
	run -2 cdrscan --no-config -t map:none.json our.csv
	[[ $output == *"none.json"*"E101"* ]]
	[[ $output != *our.csv* ]]
	sed -i 's/"columns"/"colums"/' our.json
	run -2 cdrscan --no-config -t map:our.json our.csv
	[[ $output == *"our.json:6:3"*"E602"*"unknown key 'colums'"*"did you mean 'columns'?"* ]]
	cp "$TOP/rules/layouts/3cx.json" copy.json
	run -2 cdrscan --no-config -t map:copy.json our.csv
	[[ $output == *"copy.json:3:9"*"E608"*"layout '3cx' is in "* ]]
	run -2 cdrscan --no-config -t map: our.csv
}

@test "a source states a layout by its path, relative to the configuration" {
	our_switch
	mkdir etc
	mv our.json etc
	cat >etc/config.json <<-JSON
	{ "cdrconfig": 1, "sources": [
	  { "name": "office", "files": ["$PWD/our.csv"],
	    "layout": "map:our.json" },
	  { "name": "branch", "files": ["$PWD/branch.csv"],
	    "layout": "map:our.json" },
	  { "name": "other", "files": ["$PWD/clean.csv"] } ] }
	JSON
	cp "$TOP/samples/clean-day.csv" clean.csv
	cp our.csv branch.csv
	run -0 cdrscan -v -c etc/config.json
	[[ $output == *"our.csv: our-3cx, "* ]]
	[[ $output == *"branch.csv: our-3cx, "* ]]
	[[ $output == *"clean.csv: asterisk-csv, "* ]]
	# The option goes before the configuration.
	run cdrscan -v -c etc/config.json -t auto our.csv
	[[ $output != *our-3cx* ]]
	# cdrrules reads files as cdrscan does.
	run -0 cdrrules -c etc/config.json try --match '{}' our.csv
	run -2 cdrrules -c etc/config.json -t our-3cy try --match '{}' our.csv
	[[ $output == *"--type: no such layout: 'our-3cy'"* ]]
	rm etc/our.json
	run -2 cdrscan -c etc/config.json
	[[ $output == *"/etc/our.json"*"E101"* ]]
}

@test "no file is recognised as a layout that is stated for others" {
	our_switch
	cat >config.json <<-JSON
	{ "cdrconfig": 1, "sources": [
	  { "name": "office", "files": ["$PWD/none"], "layout": "map:our.json" },
	  { "name": "other", "files": ["$PWD/our.csv"] } ] }
	JSON
	run -3 cdrscan -c config.json our.csv
	[[ $output == *"our.csv: no layout fits"* ]]
}
