#!/usr/bin/env bats
# cdrscan --recognise: what each file is, why, and its first calls.

bats_require_minimum_version 1.5.0
load common

recognise() {
	run --separate-stderr cdrscan --no-config --recognise "$@"
	echo "$output"
	echo "$stderr"
}

# The JSON fits its schema, also with every object closed, and adds up.
fits() { # FILE
	(cd "$TOP" && python3 - "$1") <<-'PY'
	import json, sys
	sys.path.insert(0, "tests/cli")
	import schema
	schemas = schema.load()
	closed = {t: schema.closed(s) for t, s in schemas.items()}
	for o in json.load(open(sys.argv[1])):
	    for s in (schemas, closed):
	        schema.validators(s)["cdr.recognition/1"].validate(o)
	    if "counts" in o:
	        n = o["counts"]
	        assert n["records"] == sum(v for k, v in n.items() if k != "records"), o
	PY
}

@test "a file: layout, why, what it settled, counts and the first calls" {
	cp "$TOP/samples/clean-day.csv" day.csv
	recognise --tz America/Chicago day.csv
	[ "$status" -eq 0 ]
	diff - <(echo "$output") <<-'END'
	day.csv
	  layout      asterisk-csv: Asterisk cdr_csv: Master.csv, 16 to 21 columns
	  confidence  1.00, 25 of 25 records: 18 columns, disposition in column 15, AMA
	              flag in column 16, start in column 10
	  settled     delimiter ','; times %Y-%m-%d %H:%M:%S
	  records     25: 23 calls, 2 further legs, 0 skipped, 0 duplicate, 0 rejected
	  calls       as understood, in America/Chicago

	  line       1                    2                    3
	  start      2026-01-21 00:45:04  2026-01-21 02:44:16  2026-01-21 03:00:07
	  direction  out                  out                  out
	  src        203                  203                  210
	  dst        +16085550103         +14145550111         +13125550190
	  dialled    16085550103          14145550111          13125550190
	  duration   1:28                 3:03                 0:11
	  status     answered             answered             answered
	  trunk_out  PJSIP/carrier        PJSIP/carrier        PJSIP/carrier
	  account    203 (extension)      203 (extension)      210 (extension)
	END
	[[ $stderr == *"no home country is stated: taken as US"* ]]
	# Nothing was scored.
	[[ $output$stderr != *finding* ]]
}

@test "only what some call has is a row, and each layout tells its evidence" {
	recognise "$TOP/samples/3cx.csv" "$TOP/samples/fusionpbx.csv"
	[ "$status" -eq 0 ]
	first=${output%%fusionpbx.csv*}
	[[ $first == *"forwarded_by "*" 202"* ]]
	[[ $first == *"cost "*"0.42 "*" 1.20"* ]]
	[[ $first == *"trunk_in "*"10001"* ]]
	[[ $first != *evidence* ]]
	second=${output#*fusionpbx.csv}
	[[ $second == *"  evidence    no record of a real switch was at hand for this layout"* ]]
	[[ $second == *"  layout      fusionpbx: "* ]]
	[[ $second != *trunk* ]]
	[[ $second != *cost* ]]
}

@test "folders, standard input, compressed files and members of archives" {
	mkdir both
	cp "$TOP/samples/clean-day.csv" both/a.csv
	gzip -c "$TOP/samples/3cx.csv" >both/b.csv.gz
	recognise both
	[ "$status" -eq 0 ]
	[[ $output == *"both/a.csv"*"asterisk-csv: "*"both/b.csv.gz"*"3cx: "* ]]
	cdrscan --no-config -q --recognise -f ndjson - <"$TOP/samples/3cx.csv" >out
	jq -e '.layout.id == "3cx" and (.calls | length) == 3' out
	python3 -c 'import zipfile
z = zipfile.ZipFile("two.zip", "w")
z.write("both/a.csv")
z.write("'"$TOP"'/samples/3cx.csv", "c.csv")'
	cdrscan --no-config -q --recognise -f ndjson two.zip >out
	[ "$(jq -r '.layout.id' out | tr '\n' ' ')" = 'asterisk-csv 3cx ' ]
}

@test "what is stated is said, and how well it fits" {
	recognise -t 3cx "$TOP/samples/3cx.csv"
	[ "$status" -eq 0 ]
	[[ $output == *"  layout      3cx (stated): "* ]]
	[[ $output == *"  confidence  1.00, 12 of 12 records"* ]]
	recognise -t asterisk-csv "$TOP/samples/3cx.csv"
	[ "$status" -eq 3 ]
	[[ $output == *"  layout      asterisk-csv (stated): "* ]]
	[[ $output == *"  confidence  0.00, 0 of 12 records; 12 have another number of columns"* ]]
	[[ $output == *"  rejected    line 1: wrong number of columns: '27'"* ]]
	[[ $output == *"  trouble     refused: 12 of 12 records cannot be read as asterisk-csv"* ]]
}

@test "what nothing fits is exit 3, and says what comes near and why it is not" {
	sed 's/"ANSWERED"/"gone"/; s/"NO ANSWER"/"gone"/; s/"BUSY"/"gone"/' \
		"$TOP/samples/clean-day.csv" >near.csv
	echo 'Dear diary,' >diary.txt
	: >empty
	recognise near.csv diary.txt empty "$TOP/samples/3cx.csv"
	[ "$status" -eq 3 ]
	[ "$(tr -s ' \n' ' ' <<<"$output" | sed 's/ empty .*//')" = \
		'near.csv trouble no layout fits: not a call record file; nearest is asterisk-csv, 0 of 25 records; 25 have no disposition in column 15 diary.txt trouble no layout fits: not a call record file' ]
	[[ $output == *"empty
  trouble     the file is empty
"*"3cx: "* ]]
	recognise -t generic near.csv
	[[ $output == *"0 of 25 records; none names its columns"* ]]
}

@test "a file that cannot be read is exit 2, the others are shown" {
	recognise none.csv "$TOP/samples/3cx.csv"
	[ "$status" -eq 2 ]
	[[ $output == *"3cx: "* ]]
	[[ $stderr == *"none.csv: No such file"* ]]
	recognise none.csv
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	recognise
	[ "$status" -eq 2 ]
	[[ $stderr == *"nothing to read"* ]]
}

@test "the JSON fits its schema, for every sample and what is none" {
	sed 's/"DOCUMENTATION"/"x"/; 3s/,[0-9]*,"ANSWERED"/,x,"ANSWERED"/' \
		"$TOP/samples/clean-day.csv" >damaged.csv
	: >empty
	echo 'Dear diary,' >diary.txt
	head -n 1 "$TOP/samples/fusionpbx.csv" >header.csv
	run -3 --separate-stderr cdrscan --no-config --recognise -f json \
		"$TOP"/samples/*.csv "$TOP"/samples/*.sql damaged.csv empty diary.txt header.csv
	echo "$output" >out.json
	fits "$PWD/out.json"
	jq -e 'map(select(.layout)) | length > 20' out.json
	jq -e '.[] | select(.file == "header.csv") | .layout.id == "fusionpbx" and
		.counts.skipped == 1 and .counts.records == 1' out.json
	jq -e '.[] | select(.file == "damaged.csv") |
		.first_reject.line == 3 and .confidence < 1' out.json
	# A line an object with ndjson, and the same.
	run -3 --separate-stderr cdrscan --no-config --recognise -f ndjson \
		"$TOP"/samples/*.csv "$TOP"/samples/*.sql damaged.csv empty diary.txt header.csv
	diff <(jq -cS '.[]' out.json) <(echo "$output" | jq -cS .)
}

@test "no store is made, and the sources of the configuration are read" {
	cat >config.json <<-JSON
	{ "cdrconfig": 1, "db": "calls.db", "home_country": "US",
	  "sources": [ { "name": "pbx", "tz": "America/Chicago",
	    "files": ["$TOP/samples/clean-day.csv"] } ] }
	JSON
	run -0 cdrscan -c config.json --recognise
	[[ $output == *"clean-day.csv"*"asterisk-csv: "*"in America/Chicago"* ]]
	run -0 cdrscan -c config.json -d other.db --recognise "$TOP/samples/3cx.csv"
	[ ! -e calls.db ]
	[ ! -e other.db ]
}

@test "a day that could be a month is said" {
	cat >either.csv <<-'END'
	Start Time,From,To,Duration,Status
	01/02/2026 10:00:00,201,13125550142,60,Completed
	01/03/2026 11:00:00,201,13125550143,60,Completed
	END
	recognise -t generic either.csv
	[[ $(tr -s ' \n' ' ' <<<"$output") == *"; day and month could be exchanged"* ]]
	cdrscan --no-config -q -t generic --recognise -f ndjson either.csv >out
	jq -e .either_day out
}
