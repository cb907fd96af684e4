#!/usr/bin/env bats
# What is old is deleted, really, and what is left is as if it had come alone.

bats_require_minimum_version 1.5.0
load common

# The night two years earlier, with numbers of its own.
old_night() {
	sed -e 's/2026-01-/2024-01-/g' -e 's/312555/470555/g' \
		-e 's/"176\([0-9]*\.[0-9]*\)"/"170\1"/' "$NIGHT" >old.csv
}

scan() { # RETENTION OPTION...
	jq --arg r "$1" '.retention = $r' "$CONFIG" >c.json
	shift
	cdrscan -c c.json --now 2026-01-23 -d n.db "$@"
}

calls() {
	ask n.db 'select count(*) from calls'
}

found() { # STORE
	cdrreport --no-config -d "$1" --min-score 0 --since 2000-01-01 \
		-f ndjson | jq -c 'select(.state != "closed")' >"$1.out"
	same_findings "$1.out"
}

# The same but for silences and for what never was, which deleted calls may be
# the reason of: that stays, and so do the cases.
found_since() { # STORE
	cdrreport --no-config -d "$1" --min-score 0 --since 2000-01-01 -f ndjson |
		jq -c 'select(.schema == "cdr.finding/1" and .state != "closed" and
			.measure.fn != "gap" and (.rule.id |
			IN("after-hours-international-new", "dormant-account-abroad",
				"range-accumulation") | not)) | del(.case)' >"$1.out"
	same_findings "$1.out"
}

@test "--prune deletes calls, findings and texts, and says how many" {
	old_night
	scan 400d old.csv "$NIGHT" 2>/dev/null
	[ "$(calls)" -eq 712 ]
	[ "$(sqlite3 n.db "select count(*) from findings where last_seen < strftime('%s', '2025-01-01') * 1000")" -gt 0 ]
	cat n.db n.db-wal | grep -aq '470555'
	case=$(cdrreport -d n.db --since 2000-01-01 --until 2025-01-01 -f json | jq -r '.cases[0].id')
	cdrreport -d n.db label "$case" fraud
	run scan 400d -v --prune "$NIGHT"
	[ "$status" -eq 0 ]
	echo "$output"
	[[ $output =~ "356 calls and "[1-9][0-9]*" findings from before 2024-12-".*" deleted" ]]
	[ "$(calls)" -eq 356 ]
	[ "$(sqlite3 n.db "select count(*) from findings where last_seen < strftime('%s', '2025-01-01') * 1000")" -eq 0 ]
	[ "$(sqlite3 n.db "select count(*) from labels")" -eq 0 ]
	run grep -aq '470555' n.db n.db-wal
	[ "$status" -ne 0 ]
	[ "$(sqlite3 n.db 'pragma integrity_check')" = ok ]
	# They do not come again, and the rest is as if they had never come.
	run scan 400d old.csv "$NIGHT"
	[[ $output == *"356 records from before 2024-12-"*" left out, as deleted ones are"* ]]
	[ "$(calls)" -eq 356 ]
	cp n.db pruned.db
	rm n.db*
	scan 400d "$NIGHT"
	diff <(found_since pruned.db) <(found_since n.db)
}

@test "--prune says what keeps deleted calls on the disk" {
	old_night
	scan 400d old.csv "$NIGHT" 2>/dev/null
	# Somebody who reads, and has not ended yet.
	mkfifo hold
	sqlite3 n.db 'begin; select count(*) from calls;' '.shell cat hold' >/dev/null &
	reader=$!
	exec 7>hold
	sleep 0.5
	run scan 400d --prune "$NIGHT"
	exec 7>&-
	wait "$reader"
	echo "$status $output"
	[ "$status" -eq 0 ]
	[[ $output == *"warning: n.db: another program is reading it; until the next run deleted calls can be found in the store's files" ]]
	run scan 400d "$NIGHT"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run grep -aq '470555' n.db n.db-wal
	[ "$status" -ne 0 ]
}

@test "numbers of deleted texts are used again" {
	old_night
	scan 400d old.csv "$TOP/samples/clean-day.csv"
	texts=$(sqlite3 n.db 'select count(*) from texts')
	scan 400d --prune "$TOP/samples/clean-day.csv"
	free=$(sqlite3 n.db 'select count(*) from free_texts')
	[ "$free" -gt 300 ]
	[ "$(sqlite3 n.db 'select count(*) from texts')" -eq "$texts" ]
	scan 400d "$NIGHT"
	[ "$(sqlite3 n.db 'select count(*) from free_texts')" -lt "$free" ]
	[ "$(sqlite3 n.db 'select count(*), max(id) from texts' | tr '|' ' ' | awk '{print $1 - $2}')" -eq 0 ]
	cp n.db reused.db
	rm n.db*
	scan 400d "$TOP/samples/clean-day.csv" "$NIGHT"
	diff <(found_since reused.db) <(found_since n.db)
}

@test "what the rules look back on is kept, and what it judged stays" {
	scan 1d "$NIGHT"
	before=$(found n.db)
	run scan 1d --prune "$NIGHT"
	[ "$status" -eq 0 ]
	[[ $output == *"retention 1d is shorter than what the rules look at: "*d" are kept"* ]]
	[ "$(calls)" -eq 356 ]
	[ "$(found n.db)" = "$before" ]
	# --no-archive keeps no more than that, but all findings.
	cdrscan -c c.json --now 2027-01-20 -d n.db "$NIGHT"
	before=$(found n.db)
	cdrscan -c c.json --now 2027-01-20 -d n.db --no-archive "$NIGHT"
	[ "$(calls)" -eq 0 ]
	[ "$(found n.db)" = "$before" ]
	cdrscan -c c.json --now 2027-01-20 -d n.db --no-archive "$TOP/samples/clean-day.csv"
	[ "$(calls)" -eq 0 ]
	[ "$(found n.db)" = "$before" ]
	cdrscan -c c.json --now 2027-01-20 -d n.db --no-archive "$NIGHT"
	[ "$(calls)" -eq 0 ]
	[ "$(found n.db)" = "$before" ]
	[ "$(sqlite3 n.db "select count(*) from findings where state = 'closed'")" -eq 0 ]
}

@test "--prune without retention, a retention that is none" {
	run cdrscan -c "$CONFIG" -d n.db --now 2036-01-01 --prune "$NIGHT"
	[ "$status" -eq 0 ]
	[[ $output == *'--prune: nothing is deleted, for the configuration has no "retention"'* ]]
	[ "$(calls)" -eq 356 ]
	rm n.db
	for r in soon 0d -1d ''; do
		run scan "$r" "$NIGHT"
		[ "$status" -eq 2 ]
		[[ $output == *"a span such as \"400d\" is needed"* ]]
	done
	scan 400d "$NIGHT"
	before=$(content n.db)
	scan 400d --now 2036-01-01 --prune --dry-run "$NIGHT" >/dev/null
	[ "$(content n.db)" = "$before" ]
	cdrscan -c c.json --show-config | grep -q '^retention = 400d'
}

# Days FROM to TO with three calls each; account 201 only calls on days 0 and 395.
long_year() { # FROM TO
	awk -v from="$1" -v to="$2" 'function put(account, t) {
		n += 2
		s = strftime("%Y-%m-%d %H:%M:%S", t, 1)
		printf "\"\",\"%d\",\"91312555014%d\",\"office\",\"%d\",", account, n % 9, account
		printf "\"PJSIP/%d-%08x\",\"PJSIP/carrier-%08x\",\"Dial\",", account, n, n + 1
		printf "\"\",\"%s\",\"%s\",\"%s\",60,60,\"ANSWERED\",", s, s, s
		printf "\"DOCUMENTATION\",\"%d.%d\",\"\"\n", t, from * 8 + n
	}
	BEGIN {
		for (d = from; d <= to; d++) {
			t = 1700060400 + d * 86400
			for (i = 0; i < 3; i++)
				put(202 + i, t + i * 60)
			if (d == 0 || d == 395)
				put(201, t + 600)
		}
	}'
}

@test "an account that was silent stays found when its call before that is deleted" {
	long_year 0 395 >a.csv
	long_year 396 407 >b.csv
	dormant() {
		sqlite3 n.db "select f.state, c.state from findings f join cases c on c.id = case_id
			where rule = 'dormant-account'"
	}
	scan 400d --now 2024-12-15 --prune a.csv
	[ "$(dormant)" = 'new|open' ]
	# The call of day 0 goes, and the nights after do without it.
	scan 400d --now 2024-12-27 --prune b.csv
	[ -z "$(ask n.db "select * from calls where start < 1700100000000")" ]
	scan 400d --now 2024-12-28 --prune b.csv
	dormant
	[ "$(dormant)" = 'updated|open' ]
	cdrreport --no-config -d n.db --since 2024-12-01 --min-score 0 -f ndjson |
		grep -q '"dormant-account"'
}

# Account 201 calls on four days, then nobody for weeks, then it calls France.
hole() {
	awk 'function put(t, dst) {
		s = strftime("%Y-%m-%d %H:%M:%S", t, 1)
		printf "\"\",\"201\",\"%s\",\"office\",\"201\",", dst
		printf "\"PJSIP/201-%08x\",\"PJSIP/carrier-%08x\",\"Dial\",", ++n, n
		printf "\"\",\"%s\",\"%s\",\"%s\",60,60,\"ANSWERED\",", s, s, s
		printf "\"DOCUMENTATION\",\"%d.%d\",\"\"\n", t, n
	}
	BEGIN {
		begin = 1767261600 # 2026-01-01T10:00Z
		for (d = 0; d < 4; d++)
			put(begin + d * 86400, "13125550142")
		put(begin + 50 * 86400, "33199000142")
		put(begin + 50 * 86400 + 600, "33199000143")
	}'
}

@test "what never was before stays found when the days that say so are deleted" {
	hole >a.csv
	cat >r.json <<-'END'
	{ "cdrrules": 1, "rules": [
	  { "id": "first", "version": 1, "title": "First", "description": "First.",
	    "status": "test", "fraud_type": "irsf", "family": "volume", "score": 30, "waiver_needs": ["account"],
	    "match": {}, "by": ["account", "dst_country"],
	    "measure": { "fn": "gap", "history": "3d" }, "when": { "never": true } },
	  { "id": "after", "version": 1, "title": "After", "description": "After.",
	    "status": "test", "fraud_type": "irsf", "family": "volume", "score": 30, "waiver_needs": ["account"],
	    "match": {}, "by": ["account"],
	    "follows": { "rule": "first", "within": "7d", "same": ["account"] },
	    "measure": { "fn": "count", "over": "1h" }, "when": { "gte": 1 } } ] }
	END
	states() {
		sqlite3 n.db "select rule, f.state, c.state from findings f join cases c
			on c.id = case_id order by 1" | tr '\n' ' '
	}
	scan 60d -R r.json --now 2026-02-21 a.csv
	[ "$(states)" = 'after|new|open first|new|open ' ]
	# Of the days before France two go, and two are not enough.
	scan 60d -R r.json --now 2026-03-04 --prune a.csv
	[ "$(calls)" -eq 4 ]
	scan 60d -R r.json --now 2026-03-05 a.csv
	states
	[ "$(states)" = 'after|updated|open first|updated|open ' ]
	# Another rule judges anew.
	sed -i 's/"over": "1h"/"over": "2h"/' r.json
	scan 60d -R r.json --now 2026-03-05 a.csv
	[ "$(states)" = 'after|closed|open first|updated|open ' ]
	# Without its calls nothing was found.
	scan 60d -R r.json --now 2026-03-05 --forget a.csv
	[ "$(calls)" -eq 0 ]
	[ "$(states)" = 'after|closed|closed first|closed|closed ' ]
}
