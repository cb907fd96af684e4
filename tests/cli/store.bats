#!/usr/bin/env bats
# The store: twice adds nothing, any order gives the same, readers report.

bats_require_minimum_version 1.5.0
load common

@test "scanning the same file twice adds nothing" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	cdrreport -d n.db -f ndjson >one
	run cdrscan -c "$CONFIG" -d n.db -v "$NIGHT"
	[ "$status" -eq 0 ]
	[[ $output == *"0 new, 356 duplicate"* ]]
	cdrreport -d n.db -f ndjson >two
	diff <(same_findings one) <(same_findings two)
	[ "$(sqlite3 n.db 'select count(*) from calls')" -eq 356 ]
	[ "$(sqlite3 n.db 'pragma integrity_check')" = ok ]
}

@test "with a store and nothing to say it says nothing" {
	run cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "the store gives what a stateless look gives" {
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" >stateless 2>/dev/null
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	cdrreport -d n.db --min-score 0 -f ndjson >stored
	diff <(same_findings stateless) <(same_findings stored |
		jq -cS 'if .schema == "cdr.case/1" then del(.state) else . end')
}

@test "halves in either order, overlapping: the same findings" {
	cdrscan -c "$CONFIG" -d whole.db "$NIGHT"
	head -n 200 "$NIGHT" >a.csv
	tail -n +180 "$NIGHT" >b.csv
	cdrscan -c "$CONFIG" -d ab.db a.csv
	cdrscan -c "$CONFIG" -d ab.db b.csv
	cdrscan -c "$CONFIG" -d ba.db b.csv
	cdrscan -c "$CONFIG" -d ba.db a.csv
	for db in whole ab ba; do
		cdrreport -d $db.db --min-score 0 -f ndjson >$db
		same_findings $db >$db.same
	done
	diff whole.same ab.same
	diff whole.same ba.same
}

@test "the store is for its owner alone" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	[ "$(stat -c %a n.db)" = 600 ]
}

@test "a dry run changes nothing" {
	cdrscan -c "$CONFIG" -d n.db "$TOP/samples/clean-day.csv"
	before=$(sqlite3 n.db .dump | sha256sum)
	run cdrscan -c "$CONFIG" -d n.db -n "$NIGHT"
	[ "$status" -eq 0 ]
	[[ $output == *known-bad-number* ]]
	[ "$before" = "$(sqlite3 n.db .dump | sha256sum)" ]
}

@test "another run that holds the lock is exit 4" {
	cdrscan -c "$CONFIG" -d n.db "$TOP/samples/clean-day.csv"
	mkfifo pipe
	cdrscan -c "$CONFIG" -d n.db - <pipe 3>&- &
	exec 9>pipe
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		run cdrscan -c "$CONFIG" -d n.db "$NIGHT"
		[ "$status" -ne 4 ] || break
		sleep 0.2
	done
	exec 9>&-
	wait
	[ "$status" -eq 4 ]
	[[ $output == *"another run holds the lock"* ]]
}

@test "what is not our store is refused" {
	echo "not a database, but long enough to look like a file" >x.db
	run cdrscan -c "$CONFIG" -d x.db "$NIGHT"
	[ "$status" -eq 2 ]
	sqlite3 y.db 'create table t (a)'
	run cdrscan -c "$CONFIG" -d y.db "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"y.db: is no database of cdrguard"* ]]
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	sqlite3 n.db 'pragma user_version = 99'
	run cdrreport -d n.db
	[ "$status" -eq 2 ]
	[[ $output == *"newer cdrguard"* ]]
}

@test "a store on a missing folder" {
	run cdrscan -c "$CONFIG" -d nowhere/n.db "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"nowhere/n.db"*"No such file or directory"* ]]
}
