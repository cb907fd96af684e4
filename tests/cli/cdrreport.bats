#!/usr/bin/env bats
# cdrreport from the store and from a pipe.

bats_require_minimum_version 1.5.0
load common

@test "text fits 80 columns and names the case" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	run cdrreport -d n.db
	[ "$status" -eq 0 ]
	[[ $output == *"207"*"CRITICAL"* ]]
	[ "$(printf '%s\n' "$output" | awk 'length > 80' | wc -l)" -eq 0 ]
}

@test "a report without a store, through a pipe" {
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" >out 2>/dev/null
	cdrreport --severity info - <out >piped
	cdrscan -c "$CONFIG" "$NIGHT" >direct 2>/dev/null
	# Findings name some of their calls, so calls of two cases are a guess.
	grep -q '^Implicated: at most 190 calls' piped
	grep -q '^Implicated: 158 calls' direct
	diff <(grep -v '^Implicated:' piped) <(grep -v '^Implicated:' direct)
}

@test "a pipe that ended early is exit 3" {
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" 2>/dev/null | head -n -1 >out
	run cdrreport - <out
	[ "$status" -eq 3 ]
	[[ $output == *"no run line"* ]]
}

@test "a pipe of something else is exit 2 with a place" {
	run cdrreport - <<<'{"schema": "nobody/1"}'
	[ "$status" -eq 2 ]
	[[ $output == *"standard input:1"* ]]
}

@test "no store is exit 2" {
	run cdrreport --no-config
	[ "$status" -eq 2 ]
	run cdrreport -d nowhere.db
	[ "$status" -eq 2 ]
	[[ $output == *"nowhere.db: No such file or directory"* ]]
}

@test "selection by score, severity, account, rule" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	cases() {
		cdrreport -d n.db -f json "$@" | jq -r '.cases[].entity.id'
	}
	[ "$(cases --account 207)" = 207 ]
	[ -z "$(cases --account 999)" ]
	[ "$(cases --rule known-bad-number)" = 207 ]
	[ "$(cases --severity critical)" = 207 ]
	[ "$(cases 207)" = 207 ]
	run cdrreport -d n.db 999
	[ "$status" -eq 2 ]
	[[ $output == *"no entity, case or finding: '999'"* ]]
}

@test "a type or state that there is not is no 'no case to show'" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	run cdrreport -d n.db --fraud-type irfs
	[ "$status" -eq 2 ]
	[[ $output == *"no such type: 'irfs'; did you mean 'irsf'?"* ]]
	run cdrreport -d n.db --state opne
	[ "$status" -eq 2 ]
	[[ $output == *"--state: one of open|"*" is needed: 'opne'"* ]]
	cdrreport -d n.db --fraud-type local-own --state acknowledged
	cdrreport -d n.db --fraud-type irsf -f json | jq -e '.cases | length > 0'
}

@test "who gets it and what is hidden, as the configuration has it" {
	jq '.report = { to: "ops@example.net", redact: 4 }' "$CONFIG" >c.json
	cdrscan -c c.json -d n.db "$NIGHT"
	cdrreport -c c.json -d n.db -f mail -o m.eml
	grep -qx 'To: ops@example.net' m.eml
	cdrreport -c c.json -d n.db -f mail --to root -o m.eml
	grep -qx 'To: root' m.eml
	case=$(cdrreport -c c.json -d n.db -f json | jq -r '.cases[0].id')
	for f in text html json ndjson csv; do
		cdrreport -c c.json -d n.db -f $f >out
		grep -q 'xxxx' out
		run -1 grep -E '\+[0-9]{10}' out
		cdrreport -c c.json -d n.db --redact 0 -f $f >out
		grep -qE '\+[0-9]{10}' out
	done
	cdrreport -c c.json -d n.db calls "$case" -f csv >out
	run -1 grep -E '\+[0-9]{10}' out
	cdrscan -c c.json --show-config >out
	grep -q '^report.to = ops@example.net  *# .*c.json' out
	grep -q '^report.redact = 4  *# .*c.json' out
}

@test "--redact hides digits everywhere" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	for f in text json ndjson; do
		cdrreport -d n.db -f $f --redact 2 >out
		run -1 grep '+5375550142' out
		grep -q '+53755501xx' out
	done
}

@test "who types at a terminal is told that it is waited for" {
	cdrscan -q -c "$CONFIG" -f ndjson -o found.ndjson "$NIGHT"
	# script(1) makes the terminal, and an end of its input that of the file.
	sleep 1 | timeout 60 script -qec 'cdrreport -o report -' /dev/null >seen || true
	grep -q '^cdrreport: waiting for standard input' seen
	sleep 1 | timeout 60 script -qec 'cdrreport -q -o report -' /dev/null >seen || true
	[[ $(cat seen) != *waiting* ]]
	timeout 60 script -qec 'cdrreport -o report - <found.ndjson' /dev/null </dev/null >seen
	[[ $(cat seen) != *waiting* ]]
	grep -q '^Looked at: ' report
}

@test "--fail-on, --limit, --detail, --width" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	run cdrreport -d n.db --fail-on high
	[ "$status" -eq 1 ]
	run cdrreport -d n.db --detail low
	[ "$status" -eq 0 ]
	[[ $output != *"pts  rule"* ]]
	run cdrreport -d n.db --width 120
	[ "$(printf '%s\n' "$output" | awk 'length > 120' | wc -l)" -eq 0 ]
}

@test "a full disk is exit 2" {
	[ -c /dev/full ] || skip "no /dev/full"
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	run bash -c 'cdrreport -d n.db >/dev/full'
	[ "$status" -eq 2 ]
}

@test "times and numbers that are none are exit 2 with words" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	for option in --since --until --now; do
		run cdrreport -d n.db $option 2026-13-01
		[ "$status" -eq 2 ]
		[[ $output == "cdrreport: $option: "*"'2026-13-01'"* ]]
	done
	run cdrreport -d n.db --since 2026-01-15 --until 2026-01-14
	[ "$status" -eq 2 ]
	[ "$output" = "cdrreport: --since is not before --until" ]
	for option in '--min-score x' '--limit 0' '--width 59' '--redact -1' \
		'--severity bad' '--detail all' '--range week' '--fail-on 5'; do
		run cdrreport -d n.db $option
		echo "$option: $status $output"
		[ "$status" -eq 2 ]
		[[ $output == "cdrreport: ${option% *}: "*" is needed: '${option#* }'; see cdrreport --help" ]]
	done
}

@test "--since, --until and --range select by time, in the zone of the run" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	cases() { cdrreport -d n.db -f json "$@" | jq '.cases | length'; }
	last=$(cdrreport -d n.db -f json | jq -r '.cases[].last_seen' | sort | tail -n 1)
	all=$(cases --since 2026-01-01)
	[ "$all" -ge 1 ]
	[ "$(cases --since "$last")" -ge 1 ]
	[ "$(cases --since "${last%Z}.001Z")" -eq 0 ]
	[ "$(cases --until 2026-01-01)" -eq 0 ]
	# The night is that of 14 to 15 January in Chicago, where it is UTC-6.
	[ "$(cases --now 2026-01-16T05:59:59Z --range today)" -ge 1 ]
	[ "$(cases --now 2026-01-16T06:00:00Z --range today)" -eq 0 ]
	[ "$(cases --now 2026-01-16T06:00:00Z --range yesterday)" -ge 1 ]
	[ "$(cases --now 2026-01-19T06:00:00Z --range last-week)" -ge 1 ]
	[ "$(cases --now 2026-01-19T05:59:59Z --range last-week)" -eq 0 ]
	[ "$(cases --now 2026-02-01T06:00:00Z --range last-month)" -ge 1 ]
	[ "$(cases --now 2026-02-01T05:59:59Z --range last-month)" -eq 0 ]
}

@test "a store that no run ended in is exit 2" {
	mkfifo pipe
	cdrscan -c "$CONFIG" -d n.db - <pipe &
	exec 9>pipe
	# Before that it is in the making, which is said in other words.
	for _ in $(seq 50); do
		run cdrreport -d n.db
		[ "$status" -eq 2 ]
		[[ $output != *"the store is empty"* ]] || break
		sleep 0.2
	done
	exec 9>&-
	wait
	[ "$status" -eq 2 ]
	[[ $output == *"the store is empty: no cdrscan has ended yet"* ]]
}

@test "a reader that goes away ends it quietly" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	run bash -c 'trap "" PIPE; { cdrreport -d n.db -f json; echo "$?" >status; } | true'
	[ -z "$output" ]
	[ "$(cat status)" = 141 ] || [ "$(cat status)" = 0 ]
}

@test "what to check is asked once, though rules word it differently" {
	# Two rules of one case ask this, with a comma and without.
	cdrscan -q -c "$CONFIG" -f ndjson "$NIGHT" |
		jq -c 'if .schema == "cdr.finding/1" and .rule.id == "volume-spike"
		    then .triage = ["One long call, or many of equal length?"]
		    elif .schema == "cdr.finding/1" and .rule.id == "talk-spike"
		    then .triage = ["One long call or many of equal length?"] else . end' >found
	[ "$(grep -o 'One long call,* or many of equal length?' found | sort -u | wc -l)" -eq 2 ]
	cdrreport -c "$CONFIG" --detail high --account 207 --width 200 - <found >text
	[ "$(grep -c 'One long call,* or many of equal length?' text)" -eq 1 ]
	sed -n 's/^  Check  - //p; s/^         - //p' text |
		tr -dc '[:alnum:] \n' | tr '[:upper:]' '[:lower:]' | sort >asked
	[ "$(wc -l <asked)" -gt 10 ]
	# In this order what begins alike stands together.
	awk 'NR > 1 && index($0, before) == 1 { print; bad = 1 }
	    { before = $0 } END { exit bad }' asked
}

@test "a score or a width that cannot be is an error, not an empty report" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	run -2 cdrreport -d n.db --min-score 101
	[ "$output" = "cdrreport: --min-score: more than 100" ]
	run -2 cdrreport -d n.db --width 1001
	[ "$output" = "cdrreport: --width: more than 1000" ]
	cdrreport -d n.db --min-score 100 --width 1000 >out
}
