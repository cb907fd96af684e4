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
	cdrreport - <out >piped
	cdrscan -c "$CONFIG" "$NIGHT" >direct 2>/dev/null
	diff piped direct
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

@test "--redact hides digits everywhere" {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT"
	for f in text json ndjson; do
		cdrreport -d n.db -f $f --redact 2 >out
		! grep -q '+5375550142' out
		grep -q '+53755501xx' out
	done
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
