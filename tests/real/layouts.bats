#!/usr/bin/env bats
# Files of real switches: which layout they are recognised as, and what became
# of their records.

bats_require_minimum_version 1.5.0
load common

# FILE LAYOUT RECORDS SKIPPED: recognised, none rejected, all accounted for.
expect() {
	scan -v "$SAMPLES/$1" >out 2>err
	grep -qF "$1: $2, confidence " err || { cat err && return 1; }
	[ "$(counts out | jq -c '[.records, .skipped, .duplicates, .rejects]')" = \
		"[$3,$4,0,0]" ] || { echo "$1: $(counts out)" && return 1; }
}

@test "FreePBX: report export, its re-save with CR alone, database tables" {
	dir=freepbx-cdr-report
	file=$dir/cdr__1504525205ucoip.g9telecom.pt.csv
	expect "$file" asterisk-table "$(wc -l <"$SAMPLES/$file")" 1
	expect "$dir/cdr_new.csv" asterisk-table 26 1
	dir=asterisk-mysql-cdr
	file=$dir/freepbx_cdr_table_noheader_25col.csv
	expect "$file" freepbx-table "$(wc -l <"$SAMPLES/$file")" 0
	grep -q 'stamps are +01:00: 250 of 250 unique ids agree' err
	file=$dir/badquoted_table_dump_26col_header.csv
	expect "$file" asterisk-table 120 1
}

@test "Asterisk CEL: events of channels" {
	expect asterisk-cel-csv/CELMaster1.csv asterisk-cel 16 13
	# One call to a Local channel, whose two ends are its legs.
	counts out | jq -e '.calls == 1 and .legs == 2'
	calls out >calls
	printf '2012-04-24T23:29:55.513Z\t18\tanswered\n' | diff - calls
}

@test "FreeSWITCH: probes of a fraudster, as templates write them" {
	expect freeswitch-cdr-csv/Master_example_template_signalwire_doc.csv \
		freeswitch-csv 5 0
}

@test "Grandstream, Yeastar, 3CX, Avaya IP Office" {
	expect grandstream-ucm-csv/Master_26col.csv grandstream-ucm 150 1
	expect 3cx-cdr/ClasseurPrepaCDR_v16_no_header.csv 3cx 400 0
	expect avaya-ipoffice-smdr/live_tcp_stream_2015_crlf.csv avaya-ipoffice 8 0
	expect avaya-ipoffice-smdr/vendor_doc_examples.csv avaya-ipoffice 6 0
	scan -v "$SAMPLES/yeastar-cdr/s_series_mysql_dump_cdr_yyyymm.sql" >out 2>err
	grep -q ': yeastar-s, confidence 1.00' err
	counts out | jq -e '.calls + .legs == 5 and .rejects == 0'
}

@test "CUCM: legs of a recorder and quality records are no calls" {
	for file in cdr_v14_v15_names_types_3rows cmr_v14_v15_names_types_2rows; do
		run --separate-stderr scan -v "$SAMPLES/cucm-cdr/$file.txt"
		[[ $stderr == *": cisco-cucm, confidence 1.00"* ]]
		echo "$output" >out
		counts out | jq -e '.records == 4 and .skipped == 4'
	done
}

@test "Cisco IOS" {
	expect cisco-ios-gw-accounting/detailed_2015_two_legs.csv cisco-ios 2 0
}

@test "BroadWorks, VOS3000, Sansay, Ribbon" {
	dir=broadworks-cdr
	expect $dir/broadworks_csv_r14_file_skeleton.csv broadworks-csv 4 3
	expect $dir/broadworks_csv_2007_transfer_consult_truncated.csv \
		broadworks-csv 2 1
	expect vos3000-cdr/udp_push_v2132_one_record.csv vos3000 1 0
	expect sansay-vsx/vendor_example_v110.txt sansay-vsx 1 0
	expect ribbon-sonus-sbc/start_stop_attempt.txt ribbon-sonus 3 1
}

# The calls of a file as the store has them, a line each.
recorded() { # FILE
	rm -f calls.db
	cdrscan --no-config -d calls.db "$SAMPLES/$1" 2>/dev/null
	sqlite3 calls.db <"$TOP/tests/cli/layouts.sql"
}

@test "RealWorld: Australian dates, who forwarded, cost, account" {
	file=carrier-misc/realworld_au_wholesale.csv
	expect $file realworld-au 4 1
	recorded $file >got
	cat >want <<-'EOF'
		2 2019-02-01T19:03:57Z 1000+4000 - answered >+6128458XXXX account=trunkidentifier in= out= cost=0.0000
		3 2019-02-01T17:57:40Z 3000+142000 - answered 0297XXXXXX>+6113007XXXX by=+6113007XXXX account=trunkidentifier in= out= cost=0.2500
		4 2019-02-01T17:49:34Z 10000+144000 - answered 0298XXXXXX>+6141066XXXX account=trunkidentifier in= out= cost=0.1700
	EOF
	diff want got
}

@test "CDR-Stats: file for its import" {
	file=cdr-stats-csv/CDRImport-2015-10-26.csv
	expect $file cdr-stats-import 6 1
	recorded $file >got
	[ "$(wc -l <got)" -eq 5 ]
	[ "$(grep -c ' answered .* account=1000 .* cause=16 ' got)" -eq 5 ]
	grep -q '^4 2015-10-21T12:53:16Z 7000+34000 - answered 901110380>+34650104877 ' got
	grep -q '^6 2015-10-21T12:53:16Z 3000+5000 - answered 904231111>+34650104877 ' got
}

@test "CGRateS: names of its fields as header, a span with its unit" {
	file=cgrates-csv/fileContent3.csv
	expect $file cgrates-table 2 1
	recorded $file >got
	echo '2 2018-01-07T17:00:00Z 10000+300000 - answered 1001>1002' \
		'account=1001 in= out= join=SessionFromCsv' >want
	diff want got
}
