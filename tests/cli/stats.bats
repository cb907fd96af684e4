#!/usr/bin/env bats
# --stats: the counts of a run, for monitoring.

bats_require_minimum_version 1.5.0

load common

value() { # NAME
	sed -n "s/^cdrguard_$1 //p" stats
}

@test "the counts are those of the run" {
	cdrscan -q -c "$CONFIG" --now 2026-01-15T06:00Z --stats stats -f ndjson "$NIGHT" >out
	jq -s '.[-1]' out >run
	for pair in records:records calls:calls legs:legs skipped:skipped \
		duplicates:duplicates rejected:rejects; do
		[ "$(value "${pair%%:*}")" = "$(jq ".counts.${pair##*:}" run)" ]
	done
	[ "$(value records)" = 356 ]
	[ "$(value exit_status)" = 0 ]
	[ "$(value as_of_seconds)" = "$(date -d 2026-01-15T06:00Z +%s)" ]
	[ "$(value findings)" = "$(grep -c cdr.finding/ out)" ]
	for level in info low medium high critical; do
		[ "$(value cases_$level)" = "$(jq -s "[.[] | select(.schema == \"cdr.case/1\" and .severity == \"$level\")] | length" out)" ]
	done
	[ "$(value cases_critical)" -ge 1 ]
}

@test "every line is a name and a number, and everybody may read it" {
	umask 077
	cdrscan -q -c "$CONFIG" --stats stats "$NIGHT" >out
	[ "$(grep -c . stats)" -ge 15 ]
	run -1 grep -Evx 'cdrguard_[a-z_]+ [0-9]+' stats
	[ "$(stat -c %a stats)" = 644 ]
}

@test "with a store it tells what was new to it" {
	cdrscan -q -c "$CONFIG" -d calls.db --stats stats "$NIGHT"
	[ "$(value stored)" = 356 ]
	cdrscan -q -c "$CONFIG" -d calls.db --stats stats "$NIGHT"
	[ "$(value stored)" = 0 ]
	[ "$(value duplicates)" = 356 ]
}

@test "a case that somebody is at, or has judged, alarms no more" {
	scan() {
		cdrscan -q -c "$CONFIG" -d calls.db --now "$1" --stats stats "$NIGHT"
	}
	scan 2026-01-15T06:00Z
	[ "$(value cases_critical)" = 1 ]
	[ "$(value cases_high)" = 1 ]
	run -0 cdrreport -d calls.db ack c-4553a71239
	run -0 cdrreport -d calls.db label c-082065b41a benign
	scan 2026-01-15T07:00Z
	[ "$(value cases_critical)" = 0 ]
	[ "$(value cases_high)" = 0 ]
	[ "$(value cases_medium)" = 1 ]
	scan 2026-01-25T07:00Z
	[ "$(value cases_medium)" = 0 ]
}

@test "a run that failed leaves its status" {
	run -2 cdrscan --stats stats missing.csv
	[ "$(value exit_status)" = 2 ]
	[ "$(value files_not_read)" = 1 ]
	run -3 cdrscan -q --stats stats "$NIGHT" missing.csv
	[ "$(value exit_status)" = 3 ]
	run -2 cdrscan --stats stats -c missing.json "$NIGHT"
	[ "$(value exit_status)" = 2 ]
}

@test "counts that cannot be written are an error" {
	run -2 cdrscan -q --stats /dev/full "$NIGHT"
	[[ $output == *"cannot write /dev/full"* ]]
	run -2 cdrscan -q --stats no/where "$NIGHT"
	[[ $output == *"no/where"* ]]
}
