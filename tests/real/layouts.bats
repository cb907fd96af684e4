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
	expect ribbon-sonus-sbc/start_stop_attempt.txt ribbon-sonus 3 2
}

@test "exports of carriers, by the names of their columns" {
	expect carrier-misc/realworld_au_wholesale.csv generic 4 1
	expect cdr-stats-csv/CDRImport-2015-10-26.csv generic 6 1
	expect cgrates-csv/fileContent3.csv generic 2 1
}
