#!/usr/bin/env bats
# What a report shows unless told otherwise, what is news, and what is too old
# to be news when it is first seen.

bats_require_minimum_version 1.5.0
load common

scan() {
	cdrscan -c "$CONFIG" -d n.db "$@" 2>/dev/null
}

news() {
	cdrreport -d n.db --new --cursor c --min-score 0 -f json "$@"
}

@test "what ended long before it was first seen is stored, not told as news" {
	# The night of 15 January, read in March.
	scan --now 2026-03-01 "$NIGHT"
	[ "$(sqlite3 n.db "select count(*) from cases where state = 'open'")" -gt 3 ]
	news >out
	[ "$(jq '.cases | length' out)" -eq 0 ]
	cdrreport -d n.db --new --cursor m --min-score 0 -f mail --to a@b.example --skip-empty >mail
	[ ! -s mail ]
	# Who asks for it sees it.
	[ "$(cdrreport -d n.db --since 2026-01-01 --min-score 0 -f json | jq '.cases | length')" -gt 3 ]
	# By default it is only counted.
	cdrreport -d n.db --min-score 0 >text
	grep -qi 'older' text
	# Still so in the nights after, however the report is asked for.
	scan --now 2026-03-02 "$NIGHT"
	[ "$(news --since 2026-01-01 | jq '.cases | length')" -eq 0 ]
}

@test "the same night read at once is news, once" {
	scan --now 2026-01-16 "$NIGHT"
	n=$(news | jq '.cases | length')
	[ "$n" -gt 3 ]
	scan --now 2026-01-16 "$NIGHT"
	[ "$(news | jq '.cases | length')" -eq 0 ]
	# Closed is news; closed again is none.
	case=$(cdrreport -d n.db -f json | jq -r '.cases[0].id')
	cdrreport -d n.db close "$case" --note 'line blocked'
	[ "$(news | jq -r '.cases[].id')" = "$case" ]
	[ "$(news | jq '.cases | length')" -eq 0 ]
}

@test "where nothing is new, it is told how many cases were told before" {
	scan --now 2026-01-16 "$NIGHT"
	cdrreport -d n.db --new --cursor c >text
	[[ $(<text) != *"told before"* ]]
	cdrreport -d n.db --new --cursor c >text
	grep -q '^Nothing new since the last report' text
	grep -q '^Not shown: 3 open cases told before, with nothing new\.' text
	cdrreport -d n.db --new --cursor c -f html | grep -q '3 open cases told before'
	cdrreport -d n.db ack c-4553a71239
	cdrreport -d n.db close c-082065b41a
	cdrreport -d n.db --new --cursor c >/dev/null
	cdrreport -d n.db --new --cursor c >text
	grep -q '^Not shown: 2 open cases told before' text
	# Who asked for nothing new is not told it.
	cdrreport -d n.db >text
	[[ $(<text) != *"told before"* ]]
}

@test "by default: open, touched in seven days before the last run, how many are older" {
	scan --now 2026-01-20 "$NIGHT"
	[ "$(cdrreport -d n.db --min-score 0 -f json | jq '.cases | length')" -gt 3 ]
	scan --now 2026-01-21 "$NIGHT"
	case=$(cdrreport -d n.db -f json | jq -r '.cases[0].id')
	cdrreport -d n.db label "$case" benign
	[ "$(cdrreport -d n.db -f json | jq -r '.cases[].id' | grep -c "$case")" -eq 0 ]
	scan --now 2026-02-20 "$NIGHT"
	cdrreport -d n.db --min-score 0 >text
	older=$(sqlite3 n.db "select count(*) from cases where state = 'open'")
	grep -q "$older .*older" text
}
