#!/usr/bin/env bats
# Rows of real switches, field by field: what the records say reaches the calls.

bats_require_minimum_version 1.5.0
load common

# The calls as recorded to calls.db; recognised as LAYOUT, nothing rejected.
record() { # FILE LAYOUT
	rm -f calls.db
	cdrscan --no-config -v -d calls.db "$SAMPLES/$1" >out 2>err
	grep -qF "$1: $2, confidence 1.00" err || { cat err && return 1; }
	grep -qF ' 0 rejected' err
}

# One value from the calls.
value() { # EXPRESSION [CONDITION]
	sqlite3 calls.db "SELECT $1
	    FROM (SELECT * FROM calls ORDER BY line) WHERE ${2:-1}"
}

@test "3CX: cost, trunks, groups that hand on, and what EndCall stands for" {
	file=3cx-cdr/ClasseurPrepaCDR_v16_no_header.csv
	record $file 3cx
	python3 - "$SAMPLES/$file" >want <<'EOF'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig")))
print(len(rows), round(sum(float(r[17] or 0) for r in rows) * 100))
print(sum(r[4] != "" and r[2] != "" for r in rows))
print(sum(r[20] == "External" and r[9].isdigit() for r in rows))
print(sum(len(r[10]) == 5 and r[21] == "External" for r in rows))
EOF
	{
		echo "$(value 'count(*)') $(value 'round(sum(cost) / 10000.0)' |
			sed 's/\.0$//')"
		value 'count(*)' 'status = 1'
		value 'count(*)' 'stated & 1'
		value 'count(*)' 'stated & 2'
	} >got
	diff want got
	[ "$(value 'count(*)' 'forwarded_by <> 0')" = 0 ]
	[ "$(value 'count(*)' "dst IN (SELECT id FROM texts
	    WHERE text IN ('EndCall', 'MakeCall'))")" = 0 ]
}

@test "Avaya IP Office: trunks, telephones, segments of one call" {
	record avaya-ipoffice-smdr/live_tcp_stream_2015_crlf.csv avaya-ipoffice
	[ "$(value 'count(*)' 'direction = 2 AND stated = 1')" = 8 ]
	[ "$(value 'count(*)' 'user <> 0')" = 7 ]
	scan "$SAMPLES/avaya-ipoffice-smdr/vendor_doc_examples.csv" >out
	counts out | jq -e '.records == 6 and .calls == 5 and .legs == 1'
}

@test "Cisco IOS: the two sides of a call are one" {
	file=cisco-ios-gw-accounting/detailed_2015_two_legs.csv
	scan "$SAMPLES/$file" >out
	counts out | jq -e '.records == 2 and .calls == 1 and .legs == 1'
	# The caller as it came in, the number as it went out.
	jq -se 'map(select(.rule.id? == "every-call")) | .[0].evidence |
	    length == 1 and .[0].duration_s == 25 and
	    (.[0].src | length) == 3 and (.[0].dst | length) == 11' out
	record $file cisco-ios
	[ "$(value 'group_concat(stated)')" = 4,10 ]
}

@test "Ribbon: an attempt is a failed call; both trunk groups" {
	record ribbon-sonus-sbc/start_stop_attempt.txt ribbon-sonus
	[ "$(value 'group_concat(status)')" = 1,4 ]
	[ "$(value 'group_concat(duration)')" = 3060,0 ]
	[ "$(value 'count(*)' 'stated = 3')" = 2 ]
	[ "$(value 'count(*)' 'account <> 0')" = 1 ]
}

@test "VOS3000, AudioCodes" {
	record vos3000-cdr/udp_push_v2132_one_record.csv vos3000
	[ "$(value 'status || stated || (cost IS NOT NULL)')" = 231 ]
	record audiocodes-sbc/syslog_cdr_v66_vendor_example.txt audiocodes
	[ "$(value 'status || " " || ring || " " || stated')" = "5 6225 5" ]
}

@test "CGRateS and CDR-Stats without a header" {
	record cgrates-csv/fileContent1.csv cgrates
	[ "$(value 'group_concat(duration)')" = 10000,20000 ]
	[ "$(value 'sum(cost)')" = 2020000 ]
	scan "$SAMPLES/cgrates-csv/fileContent2.csv" >out
	counts out | jq -e '.records == 4 and .calls == 3 and .skipped == 1'
	record cdr-stats-csv/import_cdr.txt cdr-stats
	[ "$(value 'group_concat(duration / 1000)')" = 11,52,11,33,47 ]
	[ "$(value 'count(*)' 'cause >= 16')" = 5 ]
}

@test "CUCM: of a file without calls it is said what it is" {
	for file in cdr_v14_v15_names_types_3rows cmr_v14_v15_names_types_2rows; do
		run --separate-stderr scan "$SAMPLES/cucm-cdr/$file.txt"
		[[ $stderr == *"not one call in it: layout 'cisco-cucm' skips all its records"* ]]
	done
}

@test "times without seconds are told, with how many" {
	scan "$SAMPLES/freepbx-cdr-report/cdr_new.csv" >out 2>err
	grep -qF 'precision lost: 25 of 25 calls have times without seconds' err
}
