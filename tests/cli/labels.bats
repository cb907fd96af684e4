#!/usr/bin/env bats
# What ran over a store, and what people say of what it found.

bats_require_minimum_version 1.5.0
load common

scan() {
	cdrscan -c "$CONFIG" -d n.db "$@"
}

worst() {
	cdrreport -d n.db -f json | jq -r '.cases[0].id'
}

state_of() { # CASE
	cdrreport -d n.db -f json "$1" | jq -r '.cases[0].state'
}

@test "runs tells who ran what, and what came of it" {
	scan --now 2026-01-20 "$NIGHT"
	scan --now 2026-01-21 "$TOP/samples/clean-day.csv"
	run scan --now 2026-01-22 --forget "$TOP/samples/clean-day.csv"
	[ "$status" -eq 0 ]
	{ head -n 20 "$NIGHT"; echo 'a "b",c'; } >x.csv
	run scan --now 2026-01-23 --fail-on info x.csv
	[ "$status" -eq 3 ]
	cdrreport -d n.db runs >text
	[ "$(sed '/^$/,$d' text | wc -l)" -eq 6 ]
	[[ $(sed '1,/^$/d' text) == r-20260122-0600-3*"clean-day.csv: 25 calls"*"forgotten"* ]]
	[[ $(sed -n 3p text) == *" scan "*" 3" ]]
	cdrreport -d n.db -f ndjson runs >out
	[ "$(jq -r .what out | xargs)" = "scan forget scan scan" ]
	[ "$(jq -r .status out | xargs)" = "3 0 0 0" ]
	[ "$(jq -r .counts.stored out | xargs)" = "0 0 25 356" ]
	[[ $(jq -r 'select(.what == "forget").remarks[0]' out) == "FORGOTTEN: "*"clean-day.csv: 25 calls"* ]]
	(cd "$TOP" && tests/cli/schema.py "$BATS_TEST_TMPDIR/out")
	[ "$(jq -r .began out | head -n 1)" = 2026-01-23T06:00:00Z ]
	[ "$(jq -r .user out | sort -u)" = "$(id -un)" ]
	[ "$(jq -r .config out | sort -u | wc -l)" -eq 1 ]
	cdrreport -d n.db -f json --limit 2 runs | jq -e 'length == 2 and .[1].what == "forget"'
	run cdrreport -d none.db runs
	[ "$status" -eq 2 ]
	run cdrreport --no-config runs
	[ "$status" -eq 2 ]
	[[ $output == *"no store"* ]]
}

@test "a run that failed has a line, and changed nothing else" {
	scan --now 2026-01-20 "$NIGHT"
	before=$(content n.db)
	run scan --now 2026-01-21 none.csv
	[ "$status" -eq 2 ]
	run scan --now 2026-01-22 --forget nothing
	[ "$status" -eq 2 ]
	echo '{ "cdrrules": 1, "rules": [ {} ] }' >bad.json
	run scan --now 2026-01-23 -R bad.json "$NIGHT"
	[ "$status" -eq 2 ]
	# What only looks leaves nothing, nor does who finds it busy.
	run scan --now 2026-01-23 -n none.csv
	[ "$status" -eq 2 ]
	[ "$(content n.db)" = "$before" ]
	scan --now 2026-01-24 "$TOP/samples/clean-day.csv"
	cdrreport -d n.db -f ndjson runs >out
	[ "$(jq -r .status out | xargs)" = "0 2 2 2 0" ]
	[ "$(jq -r .what out | xargs)" = "scan scan forget scan scan" ]
	[ "$(jq -r .began out | sed -n 3p)" = 2026-01-22T06:00:00Z ]
	jq -r .error out | sed -n 3p | grep "no run, source or file: 'nothing'"
	(cd "$TOP" && tests/cli/schema.py "$BATS_TEST_TMPDIR/out")
	cdrreport -d n.db -f json runs >out
	(cd "$TOP" && tests/cli/schema.py "$BATS_TEST_TMPDIR/out")
	cdrreport -d n.db runs >text
	[ "$(sed '/^$/,$d' text | awk '{ print $NF }' | tail -n 4 | xargs)" = "2 2 2 0" ]
	[ "$(sed '1,/^$/d' text | grep -c '^r-')" -eq 3 ]
	grep -q "^r-20260122-0600-f2 .*: 'nothing'" text
	# Whoever reads the report between is not to think it is of that night.
	cdrreport -d n.db --min-score 0 >text
	[[ $(<text) != *FAILED* ]]
	run scan --now 2026-01-25 none.csv
	cdrreport -d n.db --min-score 0 >text
	[[ $(<text) == *"THE LAST SCAN FAILED, r-20260125-0600-f4: "*"the run before."* ]]
	cdrreport -d n.db -f html | grep -q 'THE LAST SCAN FAILED, r-20260125-0600-f4'
	cdrreport -d n.db -f json | jq -e '.run.remarks[0] | startswith("THE LAST SCAN FAILED")'
	# No store is made to say so.
	run cdrscan -c "$CONFIG" -d none.db none.csv
	run cdrscan -c "$CONFIG" -d none2.db -R bad.json "$NIGHT"
	[ ! -e none2.db ]
}

# hold KIND SECONDS: a reader or a writer that has the store open so long.
hold() {
	rm -f held
	python3 - "$1" "$2" <<-'PY' &
	import fcntl, sqlite3, sys, time
	if sys.argv[1] == "writer":
	    lock = open("n.db.lock", "r+")
	    fcntl.lockf(lock, fcntl.LOCK_EX)
	else:
	    db = sqlite3.connect("n.db")
	    db.execute("BEGIN")
	    db.execute("SELECT count(*) FROM calls").fetchone()
	open("held", "w").close()
	time.sleep(float(sys.argv[2]))
	PY
	holder=$!
	until [ -e held ]; do sleep 0.05; done
}

@test "a writer keeps another one out, a reader nobody; --wait waits" {
	scan --now 2026-01-22 "$TOP/samples/clean-day.csv"
	before=$(content n.db)
	hold writer 60
	run scan "$NIGHT"
	[ "$status" -eq 4 ]
	[[ $output == *"n.db: another run holds the lock"* ]]
	begun=$(date +%s%N)
	run scan --wait 1 "$NIGHT"
	[ "$status" -eq 4 ]
	[ $(($(date +%s%N) - begun)) -ge 1000000000 ]
	[ "$(content n.db)" = "$before" ]
	[ "$(cdrreport -d n.db -f ndjson runs | wc -l)" -eq 1 ]
	cdrreport -d n.db --skip-empty
	kill "$holder" && wait "$holder" || true
	hold writer 2
	scan --wait 30 "$NIGHT"
	wait "$holder"
	[ "$(cdrreport -d n.db -f ndjson runs | wc -l)" -eq 2 ]
	# A reader that is not done sees what it saw; nobody waits for it.
	hold reader 60
	head -n 40 "$NIGHT" | sed 's/"207"/"203"/g' >more.csv
	scan more.csv
	[ "$(cdrreport -d n.db -f ndjson runs | wc -l)" -eq 3 ]
	kill "$holder" && wait "$holder" || true
}

@test "a label stays until something new comes to the case" {
	grep -v '"207"' "$NIGHT" >rest.csv
	head -n 300 "$NIGHT" | grep '"207"' >part.csv
	scan rest.csv part.csv
	case=$(cdrreport -d n.db -f json 207 | jq -r '.cases[0].id')
	cdrreport -d n.db --now 2026-01-20 label "$case" fraud --note 'customer called'
	[ "$(state_of "$case")" = fraud ]
	scan rest.csv part.csv
	[ "$(state_of "$case")" = fraud ]
	[ "$(cdrreport -d n.db --state open -f json | jq -r '.cases[].id' | grep -c "$case")" -eq 0 ]
	cdrreport -d n.db --tz UTC labels >out
	[[ $(<out) == "2026-01-20 00:00:00  $case  fraud ("*"): customer called" ]]
	scan "$NIGHT"
	[ "$(state_of "$case")" = open ]
	cdrreport -d n.db ack "$case"
	[ "$(state_of "$case")" = acknowledged ]
	cdrreport -d n.db note "$case" 'the line is blocked'
	[ "$(state_of "$case")" = acknowledged ]
	cdrreport -d n.db close "$case"
	[ "$(state_of "$case")" = closed ]
	[ "$(cdrreport -d n.db labels "$case" | wc -l)" -eq 4 ]
}

@test "why a finding was closed is in the store" {
	scan "$NIGHT"
	grep -v '"207"' "$NIGHT" >rest.csv
	cp rest.csv rest2.csv
	scan rest.csv
	scan --forget "$NIGHT" 2>/dev/null
	[ "$(sqlite3 n.db "select distinct reason from findings where state = 'closed' and rule = 'known-bad-number'")" = \
		"its calls were forgotten" ]
	cdrreport -d n.db --since 2000-01-01 --min-score 0 -f ndjson >out
	jq -se '[.[] | select(.rule and .state == "closed")] | length > 0 and all(.state_reason != null)' out
	jq -se '[.[] | select(.state == "new" or .state == "updated")] | all(.state_reason == null)' out
	scan "$NIGHT"
	jq '.currency = "EUR" | .dialplan.extensions = "[23]\\d{2}"' "$CONFIG" >other.json
	run cdrscan -c other.json -d n.db rest2.csv
	[[ $output == *"changed since the last run: configuration"* ]]
	run cdrscan -c other.json -d n.db rest2.csv
	[ -z "$output" ]
}

@test "what a run printed may fail, what it did stands" {
	[ -w /dev/full ] || skip "no /dev/full here"
	scan --print "$NIGHT" >/dev/full 2>&1 && status=0 || status=$?
	[ "$status" -eq 2 ]
	[ "$(ask n.db 'select count(*) from calls')" -gt 0 ]
	cdrreport -d n.db -f ndjson runs >out
	[ "$(jq -c '[.status, .error]' out)" = '[2,null]' ]
}

@test "what cannot be said" {
	scan "$NIGHT"
	case=$(worst)
	before=$(content n.db)
	refused() { # WORDS COMMAND...
		words=$1
		shift
		run cdrreport -d n.db "$@"
		echo "$*: $status $output"
		[ "$status" -eq 2 ] && [[ $output == *"$words"* ]]
	}
	refused "usage: cdrreport label CASE|FINDING fraud|benign|unsure" label
	refused "usage: cdrreport ack CASE" ack
	refused "usage: cdrreport note CASE|FINDING TEXT" note "$case"
	refused "usage: cdrreport runs" runs 1
	for format in csv tsv html mail; do
		refused "runs writes text, json or ndjson, not '$format'" -f "$format" runs
	done
	refused "cdrreport labels has no use for --format" labels -f json
	refused "cdrreport ack has no use for --output" ack "$case" -o out
	refused "fraud, benign or unsure is needed: 'ack'" label "$case" ack
	refused "fraud, benign or unsure is needed: 'bad'" label "$case" bad
	refused "no case or finding: 'c-0'" label c-0 fraud
	finding=$(cdrreport -d n.db -f json | jq -r '.findings[0].id')
	refused "'$finding' is a finding, not a case" close "$finding"
	run cdrreport -d none.db label "$case" fraud
	[ "$status" -eq 2 ]
	[ ! -e none.db ]
	[ "$(content n.db)" = "$before" ]
	# While a scan runs, it waits, and then says so.
	python3 -c '
import fcntl, time
lock = open("n.db.lock", "r+")
fcntl.lockf(lock, fcntl.LOCK_EX)
open("held", "w").close()
time.sleep(30)' &
	until [ -e held ]; do sleep 0.05; done
	run cdrreport -d n.db ack "$case"
	kill $! && wait || true
	[ "$status" -eq 4 ]
	[[ $output == *"another run holds the lock"* ]]
}

@test "a case that is closed tells why" {
	scan --now 2026-01-20 "$NIGHT"
	scan --now 2026-01-21 --forget "$NIGHT"
	cdrreport -d n.db c-4553a71239 >text
	grep -q '^Closed: its calls were forgotten' text
	cdrreport -d n.db c-4553a71239 -f html |
		grep -q 'its calls were forgotten, case c-4553a71239'
}
