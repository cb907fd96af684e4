#!/usr/bin/env bats
# Records that are no calls: a switch's own log, and what the records show of
# themselves.

bats_require_minimum_version 1.5.0
load common

rules() { # RULE...
	jq -n --argjson list "[$(IFS=,; echo "$*")]" '{ cdrrules: 1, rules: [ $list[] |
	    { version: 1, title: .id, description: "D", status: "test",
	      fraud_type: "local-test", family: "local-test", score: 45,
	      waiver_needs: ["source"] } + . ] }' >rules.json
}

# The findings of files: rule, entity, how many calls, why.
found() { # FILE...
	cdrscan --no-config -R rules.json -f ndjson "$@" 2>err >out
	told out
}

told() {
	jq -r 'select(.schema == "cdr.finding/1") |
	    [.rule.id, .entity.id, .calls.count, .reason] | @tsv' "$1" | LC_ALL=C sort
}

CHANGE='{"id": "change", "match": {"event": "admin"}, "by": ["account"]}'
PLAN='{"id": "plan", "match": {"event": "admin",
    "action": {"regex": "(?i).*outgoing plan.*"}}, "by": ["account"]}'
ABROAD='{"id": "abroad", "match": {"event": "forward-set",
    "dst": {"exists": true}}, "by": ["account"]}'
CALLS='{"id": "calls", "match": {}, "by": ["source"]}'
AFTER='{"id": "after", "match": {"dst": {"prefix": "+53"}}, "by": ["account"],
    "follows": {"rule": "plan", "within": "7d", "same": ["account"]}}'

@test "lines of an audit log are events, and calls follow them" {
	cat >calls.csv <<-'EOF'
		start,src,dst,talk,status,account
		2026-01-22 01:00:00,207,+5375550142,60,answered,207
		2026-01-22 03:00:00,207,+5375550142,60,answered,207
		2026-01-22 03:00:00,208,+5375550142,60,answered,208
		2026-01-30 03:00:00,207,+5375550142,60,answered,207
	EOF
	rules "$CHANGE" "$PLAN" "$ABROAD" "$CALLS" "$AFTER"
	cat >want <<-'EOF'
		abroad	207	1	1 event to +5375550142: enable call forwarding always, to 011 53 7555 0142
		abroad	208	1	1 event to +5375550143: set forward extension 208 always +5375550143
		after	207	1	1 answered call to +5375550142; 45:58 after "plan"
		calls	default	1	1 answered call to +5375550142
		calls	default	3	3 answered calls to +5375550142
		change	207	3	3 events: modify outgoing plan international: off -> on
		change	default	1	1 event: login web portal from 203.0.113.77
		change	support2	1	1 event: create user support2 role=administrator, expires never
		plan	207	1	1 event: modify outgoing plan international: off -> on
	EOF
	found calls.csv "$TOP/samples/audit-log.csv" >got
	diff want got

	# The same through a store, in two runs.
	for file in "$TOP/samples/audit-log.csv" calls.csv; do
		cdrscan --no-config -R rules.json -d n.db --now 2026-02-10T00:00Z "$file"
	done
	cdrreport --no-config -R rules.json -d n.db --now 2026-02-10T00:00Z \
		--min-score 0 --since 2026-01-01 -f ndjson >stored
	told stored >got
	diff want got
}

SHARE='{"id": "share", "match": {"event": ["admin", "forward-set"]}, "by": [],
    "measure": {"fn": "ratio", "where": {"event": "admin"}, "over": "1d"},
    "when": {"gte": 0.5, "min_calls": 4}}'
BOTH='{"id": "both", "match": {"event": ["call", "admin"]}, "by": ["source"]}'
SILENT='{"id": "silent", "match": {"event": "admin"}, "by": ["source"],
    "measure": {"fn": "silence"}, "when": {"gte": "1d"}}'

@test "what is counted is called what it is: calls, events, records" {
	echo "start,src,dst,talk,status,account
	2026-01-22 02:11:10,207,+5375550142,60,answered,207" |
		sed 's/^\t//' >calls.csv
	rules "$SHARE" "$BOTH" "$SILENT"
	cat >want <<-'EOF'
		both	default	6	6 records: login web portal from 203.0.113.77
		share	all	7	3 of 4 events in 24 h (75 %) with event admin; limit 50 %
		silent	default	1	no event for 27:28:05; limit 24:00:00
	EOF
	found --now 2026-01-23T12:00:00Z calls.csv "$TOP/samples/audit-log.csv" >got
	diff want got
	cdrrules --no-config -R rules.json explain share \
		"$TOP/samples/audit-log.csv:5" >said 2>err
	grep -q '^event 2026-01-22 02:15:31 ' said
	grep -q 'all events are one group' said
	grep -q 'window          4 events in 1d' said
	grep -q ', 7 events, score 45$' said
	cdrscan --no-config --now 2026-01-23 "$TOP/samples/audit-log.csv" >report 2>err
	grep -q '^Implicated: 3 records\.$' report
	grep -q '^Looked at: 7 calls and events, ' report
	grep -q '^Thu 22 Jan 02:12:40   1 record$' report
}

QUALITY='{"id": "quality", "match": {"event": "quality"}, "by": ["source", "quality"]}'
COUNT='{"id": "count", "match": {}, "by": ["source"],
    "measure": {"fn": "count", "window": "week"}, "when": {"gte": 1}}'

# Five weeks with a call every five minutes by day; on the last Monday the hours
# from 10 to 12 are missing, and from 15 on each record stands twice.
weeks() {
	awk 'BEGIN {
		print "start,src,dst,talk,status"
		for (d = 1; d <= 31; d++)
			for (m = 8 * 60; m < 18 * 60; m += 5) {
				if (d == 30 && m >= 600 && m < 780)
					continue
				line = sprintf("2026-03-%02d %02d:%02d:00,201,+13125550142,60,answered",
				    d, m / 60, m % 60)
				print line
				if (d == 30 && m >= 900)
					print line
			}
	}'
}

@test "holes and copies are events, the same from files and from a store" {
	weeks >weeks.csv
	rules "$QUALITY" "$COUNT"
	found weeks.csv | grep -v ^count >got
	cat >want <<-'EOF'
		quality	default	1	1 event with quality gap: 3:05:00 without a record
		quality	default	3	3 events with quality duplicate: 12 of 24 records of an hour
	EOF
	diff want got
	# They are in no count: 31 days of 120 calls, without 36 and with 36 more.
	grep -q '"looked_at":3720,' out
	[ "$(jq -s 'map(select(.rule.id == "count") | .calls.count) | add' out)" -eq 3720 ]
	# The store does not keep what the calls tell; in halves it is the same.
	head -n 2001 weeks.csv >first.csv
	{ head -n 1 weeks.csv && tail -n +1901 weeks.csv; } >second.csv
	for file in second.csv first.csv; do
		cdrscan --no-config -R rules.json -d n.db --tz UTC \
			--now 2026-04-01T00:00Z -v "$file" 2>said
	done
	grep -q '1 file, 2001 records: 1899 new, 101 duplicate, 1 skipped' said
	[ "$(sqlite3 n.db 'SELECT count(*), sum(event) FROM calls')" = '3720|0' ]
	cdrreport --no-config -R rules.json -d n.db --now 2026-04-01T00:00Z \
		--min-score 0 --since 2026-01-01 -f ndjson >stored
	told stored | grep -v ^count >got
	diff want got
}

@test "what was not read is an event, and its number is in no count" {
	rules "$QUALITY" "$COUNT"
	weeks | gzip | head -c 9000 >broken.csv.gz
	run -3 --separate-stderr cdrscan --no-config -R rules.json -v -f ndjson broken.csv.gz
	echo "$output" >out
	told out | grep -v ^count >got
	echo "quality	default	1	1 event with quality limit: damaged gzip data: cut off" |
		diff - got
	calls=$(sed -n 's/.* records: \([0-9]*\) calls.*/\1/p' <<<"$stderr")
	[ "$calls" -gt 100 ]
	[ "$(jq -s 'map(select(.rule.id == "count") | .calls.count) | add' out)" -eq "$calls" ]
	# Twice the same is once; a store counts no new record for it.
	for i in 1 2; do
		run -3 --separate-stderr cdrscan --no-config -R rules.json -d n.db -v \
			--tz UTC --now 2026-04-01T00:00Z broken.csv.gz
	done
	[[ $stderr == *": 0 new, $calls duplicate,"* ]]
	[ "$(sqlite3 n.db 'SELECT count(*) FROM calls WHERE event = 3')" -eq 1 ]
	# It stays when the file was read to its end.
	weeks | gzip >broken.csv.gz
	run -0 cdrscan --no-config -R rules.json -d n.db --tz UTC \
		--now 2026-04-01T00:00Z broken.csv.gz
	[ "$(sqlite3 n.db 'SELECT count(*) FROM calls WHERE event = 3')" -eq 1 ]
}

@test "files that fail at one call are told both, in whatever order they come" {
	rules "$QUALITY"
	weeks | gzip | head -c 6000 >cut.csv.gz
	# What can be read of it, and then more rejects than calls.
	zcat cut.csv.gz 2>gzip.err | sed '$d' >refused.csv || :
	for i in {1..3000}; do
		echo "no,call,at,all,$i"
	done >>refused.csv
	found cut.csv.gz refused.csv >one || [ $? -eq 3 ]
	found refused.csv cut.csv.gz >other || [ $? -eq 3 ]
	grep -q '2 events with quality limit' one
	diff one other
}

# Attempts, one a minute; the last twenty of them two hours back.
put_back() {
	awk 'BEGIN {
		print "id,method,from_tag,to_tag,callid,sip_code,sip_reason,time,src_user,dst_ouser,dst_user"
		for (i = 0; i < 40; i++) {
			m = 14 * 60 + i - (i < 20 ? 0 : 120)
			printf "%d,INVITE,f%d,t%d,%d@198.51.100.7,486,Busy Here,2026-01-22 %02d:%02d:00,2041,13125550142,13125550142\n",
			    i, i, i, i, m / 60, m % 60
		}
	}'
}

@test "a clock that is put back is an event, where the order counts" {
	rules "$QUALITY" "$CALLS"
	put_back >acc.csv
	found acc.csv >got
	cat >want <<-'EOF'
		calls	default	40	40 unanswered calls to 13125550142
		quality	default	1	1 event with quality clock-jump: clock put back by 1:59:00
	EOF
	diff want got
	jq -r 'select(.rule.id == "quality") | .evidence[0].line' out >line
	[ "$(cat line)" -eq 22 ]
	# The store keeps it, read twice or not.
	for i in 1 2; do
		cdrscan --no-config -R rules.json -d n.db --tz UTC --now 2026-02-01T00:00Z acc.csv
	done
	cdrreport --no-config -R rules.json -d n.db --now 2026-02-01T00:00Z \
		--min-score 0 --since 2026-01-01 -f ndjson >stored
	told stored >got
	diff want got
	# The last first is no clock.
	{ head -n 1 acc.csv && tail -n +2 acc.csv | tac; } >back.csv
	found back.csv | grep -c ^quality >n || :
	[ "$(cat n)" -eq 0 ]
}

# Nine long calls from ten on, and eleven short ones of before noon.
long_calls() { # then the rows of $1, which end the nine
	awk -v ends="$1" '
	function row(i, how, code, m) {
		printf "%d,%s,f%d,t%d,%d@198.51.100.7,%s,2026-01-22 %02d:%02d:00,2041,13125550142,13125550142\n",
		    i, how, i, i, i, code, m / 60, m % 60
	}
	BEGIN {
		print "id,method,from_tag,to_tag,callid,sip_code,sip_reason,time,src_user,dst_ouser,dst_user"
		for (i = 0; i < 9; i++)
			row(i, "INVITE", "200,OK", 600 + i)
		for (i = 9; i < 20; i++)
			row(i, "INVITE", "486,Busy Here", 700 + i)
		for (i = 0; ends && i < 9; i++)
			row(i, "BYE", "200,OK", ends + i)
	}'
}

@test "calls that are open where a log ends do not put the clock back" {
	rules "$QUALITY" "$CALLS"
	long_calls 0 >acc.csv
	[ "$(found acc.csv | grep -c ^quality)" -eq 0 ]
	# Where it was put back while they talked, a night sees it at the first that
	# ends, and it does not matter that one before read less of the log.
	site='{ "cdrconfig": 1, "tz": "UTC", "home_country": "US",
	    "sources": [ { "name": "sip", "files": [ "acc.csv*" ] } ] }'
	echo "$site" >c.json
	for night in 0 625; do
		long_calls "$night" >acc.csv
		cp acc.csv "acc.csv.$night"
		cdrscan -c c.json -R rules.json -d n.db --now 2026-02-01
	done
	cdrscan -c c.json -R rules.json -d once.db --now 2026-02-01
	for db in n once; do
		cdrreport -c c.json -R rules.json -d "$db.db" --now 2026-02-01 \
			--min-score 0 --since 2026-01-01 -f ndjson >stored
		told stored | grep ^quality >"$db.got"
	done
	diff n.got once.got
	[ "$(cat n.got)" = \
		"quality	sip	1	1 event with quality clock-jump: clock put back by 1:34:00" ]
}
