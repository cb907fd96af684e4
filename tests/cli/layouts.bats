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

@test "a cost without currency is in that of its source" {
	cat >config.json <<-EOF
		{ "cdrconfig": 1, "currency": "EUR", "tz": "UTC", "sources": [
		  { "name": "in", "files": ["$PWD/in.csv"] },
		  { "name": "au", "files": ["$PWD/au.csv"], "currency": "AUD" },
		  { "name": "us", "files": ["$PWD/us.csv"], "currency": "AUD" } ] }
	EOF
	cat >rules.json <<-'EOF'
		{ "cdrrules": 1, "rules": [ { "id": "every-call", "version": 1,
		  "title": "A call", "description": "Each call there is.",
		  "status": "test", "fraud_type": "local-test",
		  "family": "local-every", "score": 20, "match": { "cost": { "gt": 0 } },
		  "by": ["source"], "waiver_needs": ["source"] } ] }
	EOF
	cp "$TOP/samples/ivozprovider.csv" in.csv
	cp "$TOP/samples/realworld-au.csv" au.csv
	cp "$TOP/samples/sinch.csv" us.csv
	printf 'au\tAUD\nin\tEUR\nus\tUSD\n' >want
	cdrscan --config config.json -R rules.json -f ndjson ??.csv >read
	cdrscan --config config.json -d calls.db -R rules.json --now 2026-01-23
	cdrreport --config config.json -d calls.db -R rules.json -f ndjson \
		--now 2026-01-23 --min-score 0 >stored
	for file in read stored; do
		jq -r 'select(.schema == "cdr.finding/1") |
		    [.group.source] + ([.evidence[].currency] | unique) | @tsv' $file |
			sort >got
		diff want got
	done
	# The store keeps what was recorded.
	[ "$(sqlite3 calls.db "SELECT count(*) FROM calls JOIN texts ON texts.id =
	    currency WHERE text IN ('EUR', 'AUD')")" -eq 0 ]
}

# A file of one header and one record, and what its call is.
carrier() { # HEADER RECORD CALL
	printf '%s\n%s\n' "$1" "$2" >file.csv
	recorded file.csv >got
	grep -q ': generic, confidence 1.00' err || { cat err && return 1; }
	[ "$(cat got)" = "$3" ] || { cat got && return 1; }
}

@test "carriers without a layout of their own" {
	# Vitelity
	carrier date,source,destination,seconds,callerid,disposition,cost \
		'2026-01-22 08:30:05,3125550142,17735550103,65,3125550142,ANSWERED,0.0098' \
		'2 2026-01-22T08:30:05Z 0+65000 - answered 3125550142>17735550103 in= out= cost=0.0098'
	# ThinQ, Commio
	carrier date,time,carrier_id,from_ani,from_lrn,from_lata,from_ocn,from_state,from_rc,to_did,thinq_tier,callid,account_id,tf_profile,dest_type,dest,rate,billsec,total_charge \
		'2026-01-22,14:30:05,77,13125550142,,358,9999,IL,X,17735550103,2,q1,4001,<null>,LOCAL,IL,0.005,65,0.0055' \
		'2 2026-01-22T14:30:05Z 0+65000 - answered 13125550142>17735550103 account=4001 in= trunk_out=77 cost=0.0055 join=q1'
	# TeleAPI
	carrier 'date gmt,source,destination,callerid,hangup code,sip account,orig ip,duration,per minute,callcost,type,uuid,direction' \
		'2026-01-22 14:40:05,16085550127,13125550144,6085550127,17,firm,192.0.2.5,0,0.009,0,domestic,u-2,inbound' \
		'2 2026-01-22T14:40:05Z 0+0 in busy 16085550127>13125550144 account=firm in= out= cost=0.0000 cause=17 join=u-2'
	# Names as interfaces of others have them, a currency in the header.
	carrier 'id,direction,cli,cld,start_time,answered_time,finished_time,billed_sec,hangup_cause,cost (EUR)' \
		't1,outbound,+13125550142,+17735550103,2026-01-22T14:29:55Z,2026-01-22T14:30:05Z,2026-01-22T14:31:10Z,66,normal_clearing,-0.0055' \
		'2 2026-01-22T14:29:55Z 10000+66000 out answered +13125550142>+17735550103 in= out= cost=0.0055EUR cause=16 join=t1'
	carrier 'Call UUID,From Number,To Number,Call Direction,Initiation Time,Answer Time,End Time,Call Duration,Bill Duration,Total Amount' \
		'p1,13125550142,17735550103,outbound,2026-01-22 14:29:55+00:00,2026-01-22 14:30:05+00:00,2026-01-22 14:31:10+00:00,65,120,0.0160' \
		'2 2026-01-22T14:29:55Z 10000+120000 out answered 13125550142>17735550103 in= out= cost=0.0160'
	# A duration and nothing else: it lasted, so somebody answered.
	carrier 'Date/Time (UTC);Caller;Called Number;Duration (min);Cost (CHF)' \
		'2026-01-22 14:30:05;+442079460123;+5375550142;2.5;3.75' \
		'2 2026-01-22T14:30:05Z 0+150000 - answered +442079460123>+5375550142 in= out= cost=3.7500CHF'
	[ -z "$(grep 'no zone is stated' err)" ]
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
		avaya-ipoffice 8 0
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
