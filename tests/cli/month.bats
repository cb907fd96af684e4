#!/usr/bin/env bats
# A month, night by night, as cron and logrotate and people make it; then each
# thing that can happen in such a month, alone.

bats_require_minimum_version 1.5.0
load common

# A site whose rules are those of tests/cli/nights.
site() {
	NIGHTS=$TOP/tests/cli/nights
	mkdir log rules.d
	cp "$NIGHTS/rules.json" rules.d
	jq '. + { tz: "UTC", db: "n.db", waivers: "rules.d",
	    sources: [ { name: "pbx", files: ["log/*"] } ] } |
	    .calendars["business-hours"].open = { "mon-fri": ["08:00-18:00"] }' \
		"$CONFIG" >c.json
}

at() { # NIGHT
	date -u -d "2026-03-01 + $1 days" +%Y-%m-%dT06:00Z
}

records() { # NIGHT [UNTIL [STORY]]
	python3 "$NIGHTS/month.py" "$@"
}

scan() { # NIGHT [OPTION...]
	cdrscan -c c.json -R rules.d --now "$(at "$1")" -v "${@:2}" 2>said
	grep -v ' ended by run ' said >>log.txt || true
}

report() { # NIGHT [OPTION...]
	cdrreport -c c.json --now "$(at "$1")" --new "${@:2}"
}

waive() { # NIGHT RULE ACCOUNT FROM EXPIRES
	cdrrules waive -c c.json -R rules.d --now "$(at "$1")" "$2" --match "account=$3" \
		--reason "Agreed by telephone" --owner anna --from "$4" --expires "$5"
}

# What is found now, as cdrreport says it; what people said decides which case
# it is in, and whether that is open.
found() { # STORE
	cdrreport --no-config -d "$1" --min-score 0 --since 2000-01-01 -f ndjson |
		jq -c 'select(.schema == "cdr.finding/1" and .state != "closed") | del(.case)' >"$1.out"
	same_findings "$1.out" | sort -u
}

# What logrotate, other nodes and people do before night N.
events_before() { # NIGHT
	case $1 in
	5) mv log/Master.csv log/Master.csv.1 ;;
	9) cp log/Master.csv log/Master.csv.2 && : >log/Master.csv ;;
	13) records 10 12 nodeb >log/nodeb.csv ;;
	14) mv log/Master.csv log/Master.csv.3 ;;
	15) gzip -n log/Master.csv.3 ;;
	17) records 14 17 >log/export.csv ;;
	22) jq '(.rules[] | select(.id == "short-calls")) |=
		(.version = 2 | .when.gte = 5)' "$NIGHTS/rules.json" >rules.d/rules.json ;;
	23) gzip -nc log/Master.csv >log/Master.csv.4.gz && : >log/Master.csv ;;
	esac
}

events_after() { # NIGHT
	case $1 in
	3) waive 3 night-abroad 210@pbx 2026-03-05 2026-03-20 ;;
	11) cdrreport -c c.json --now "$(at 11)" label \
		"$(cdrreport -c c.json -f json 203@pbx | jq -r '.cases[0].id')" fraud ;;
	esac
}

# One night: both reports to their files, under the night's date.
live_through() { # NIGHT
	head="== $(at "$1"): "
	head+=$(grep -o '[0-9]* files*, .*' said)
	echo "$head" | tee -a month.txt >>month.csv
	report "$1" --skip-empty --detail low --cursor text |
		sed 's/cdrscan [0-9.]*\.$/cdrscan X./' >>month.txt
	report "$1" --skip-empty -f csv --cursor csv --columns \
		case,case_score,news,entity,rule,rule_version,severity,first_seen,last_seen,calls \
		>>month.csv
}

golden() { # FILE
	if [ -n "${UPDATE-}" ]; then
		cp "$1" "$NIGHTS/$1"
	fi
	diff -u "$NIGHTS/$1" "$1"
}

@test "thirty nights: rotation, late, missed and overlapping files, a rule, a waiver" {
	site
	for ((n = 1; n <= 30; n++)); do
		events_before "$n"
		records "$n" >>log/Master.csv
		[ "$n" -ne 8 ] || continue
		scan "$n"
		live_through "$n"
		events_after "$n" >/dev/null
	done
	golden month.txt
	golden month.csv
	# None was lost or came twice, and it is as if all had come at once.
	[ "$(ask n.db 'select count(*) from calls where event = 0')" -eq \
		"$({ records 1 30; records 1 30 nodeb; } | wc -l)" ]
	{ records 1 30; records 1 30 nodeb; } >whole.csv
	jq '.db = "w.db" | .sources[0].files = ["whole.csv"]' c.json >w.json
	cdrscan -c w.json -R rules.d --now "$(at 30)"
	diff <(found n.db) <(found w.db)
	[ "$(sqlite3 n.db 'pragma integrity_check')" = ok ]
}

# The cases that a report of what is new tells, a line each.
news() { # NIGHT KEYS [OPTION...]
	report "$1" --skip-empty -f json "${@:3}" | jq -r ".cases[]? | [$2] | join(\" \")"
}

@test "a first import of a year: old cases are stored, and not told" {
	site
	records 1 365 alarm >log/year.csv
	scan 365
	[ "$(cdrreport -c c.json -f json --since 2000-01-01 | jq '.cases | length')" -eq 27 ]
	report 365 --cursor text --detail low >text
	sed -n '/^Not shown/,/^$/p' text >left_out
	diff - left_out <<'END'
Not shown: 25 cases that had ended a week before their calls were first stored.
END
	# Those of the last seven days are.
	[ "$(news 365 '.first_seen, .last_seen' --cursor c)" = \
		'2027-02-15T02:00:00Z 2027-02-28T02:02:00Z
2027-03-01T02:00:00Z 2027-03-01T02:02:00Z' ]
	# Nor are they told later.
	for n in 366 367 368; do
		records $n $n alarm >>log/Master.csv
		scan $n
		news $n .first_seen --cursor c >>later
	done
	[ "$(sort -u later)" = 2027-03-01T02:00:00Z ]
}

@test "a month of the same false alarm each night is told a few times" {
	site
	for ((n = 1; n <= 30; n++)); do
		records $n $n alarm >>log/Master.csv
		scan $n
		news $n '.calls.count' --cursor c | sed "s/^/$n: /" >>told
	done
	# A case has fourteen days; it is told again when it is half as large again.
	diff - told <<-'END'
		1: 3
		2: 6
		3: 9
		5: 15
		8: 24
		12: 36
		15: 3
		16: 6
		17: 9
		19: 15
		22: 24
		26: 36
		29: 3
		30: 6
	END
	cdrreport -c c.json -f json --since 2000-01-01 |
		jq -e '.cases | sort_by(.first_seen) | length == 3 and
		    .[1].previous == .[0].id and .[2].previous == .[1].id and
		    (.[0] | has("previous") | not)'
	# Whoever says that it is none is not told again of this case.
	case=$(cdrreport -c c.json -f json | jq -r '.cases | max_by(.first_seen).id')
	cdrreport -c c.json label "$case" benign
	[ -z "$(news 30 .id --cursor other | grep "$case")" ]
}

@test "an account that grew is learnt in some weeks" {
	site
	records 1 120 growth >log/Master.csv
	scan 120
	cdrreport -c c.json -f csv --since 2000-01-01 --columns entity,rule,first_seen |
		sed 's/T.*//; s/\r//' >days
	# Ten of the twenty office days that a day is compared with.
	diff - days <<-'END'
		entity,rule,first_seen
		206@pbx,busy-day,2026-04-30
		206@pbx,busy-day,2026-05-01
		206@pbx,busy-day,2026-05-04
		206@pbx,busy-day,2026-05-05
		206@pbx,busy-day,2026-05-06
		206@pbx,busy-day,2026-05-07
		206@pbx,busy-day,2026-05-08
		206@pbx,busy-day,2026-05-11
		206@pbx,busy-day,2026-05-12
		206@pbx,busy-day,2026-05-13
	END
	# It is the same night by night.
	rm n.db*
	: >log/Master.csv
	for ((n = 1; n <= 120; n += 7)); do
		records $n $((n + 6 > 120 ? 120 : n + 6)) growth >>log/Master.csv
		scan $((n + 6 > 120 ? 120 : n + 6))
	done
	cdrreport -c c.json -f csv --since 2000-01-01 --columns entity,rule,first_seen |
		sed 's/T.*//; s/\r//' | diff days -
}

@test "a waiver that begins yesterday takes yesterday's calls, and no older ones" {
	site
	records 1 5 alarm >log/Master.csv
	scan 5
	[ "$(news 5 '.calls.count, .state' --cursor c)" = '15 open' ]
	# It is the morning of the 6th.
	waive 5 night-abroad 210@pbx 2026-03-05 2026-04-01
	scan 5
	cdrreport -c c.json -f ndjson --waived | jq -r 'select(.kind) |
	    [.kind, .first_seen[:10], .state] | join(" ")' | sort >kinds
	diff - kinds <<-'END'
		finding 2026-03-02 updated
		finding 2026-03-03 updated
		finding 2026-03-04 updated
		waived 2026-03-05 updated
		waived 2026-03-06 updated
	END
	[ "$(cdrreport -c c.json -f json | jq '.cases[0].calls.count')" -eq 9 ]
	# That there is less of a case is no news.
	[ -z "$(news 5 .id --cursor c)" ]
	# One that takes all of a case closes it, which is told once.
	waive 5 night-abroad 210@pbx 2026-03-01 2026-04-01
	scan 5
	[ "$(news 5 '.state' --cursor c)" = closed ]
	[ -z "$(news 5 '.state' --cursor c)" ]
}

@test "a mailer that fails for weeks leaves no gap" {
	site
	records 1 9 >log/Master.csv
	scan 9
	news 9 .id --cursor c >/dev/null
	# The toll fraud of the 11th comes while nothing can be delivered.
	for n in 10 12 22; do
		records $((n == 10 ? 10 : n == 12 ? 11 : 13)) $n >>log/Master.csv
		scan $n
		run report $n --skip-empty --cursor c --pipe false
		[ "$status" -eq 2 ]
	done
	[[ $(news 22 '.entity.id, .first_seen' --cursor c) == *"203@pbx 2026-03-11T01:00:00Z"* ]]
	# Where there was nothing to tell, the days before are over.
	for n in 23 35; do
		scan $n
		[ -z "$(news $n .id --cursor c --account none)" ]
	done
	grep -q '"seen":"2026-04-05T06:00:00Z"' n.db.cursor-c
	[ -z "$(news 35 .id --cursor c)" ]
}

@test "a changed rule judges what the store has anew, and says why" {
	site
	records 1 22 >log/Master.csv
	scan 22
	cdrreport -c c.json label "$(cdrreport -c c.json -f json --since 2000-01-01 203@pbx |
		jq -r '.cases[0].id')" fraud
	news 22 .id --cursor c >/dev/null
	[ -z "$(cdrreport -c c.json -f csv --since 2000-01-01 --rule short-calls | sed 1d)" ]
	# Five calls are enough now; those of the 13th are four.
	events_before 22
	scan 22
	[ "$(news 22 '.entity.id, .first_seen' --cursor c)" = '205@pbx 2026-03-21T20:00:00Z' ]
	cdrreport -c c.json -f ndjson --since 2000-01-01 |
		jq -es 'map(select(.rule.id == "short-calls")) | length == 1 and
		    .[0].rule.version == 2 and .[0].state == "new"'
	# What others found is as it was, and so is what was said of it.
	cdrreport -c c.json -f json --since 2000-01-01 203@pbx |
		jq -e '.cases[0].state == "fraud"'
	# Back again: it is closed with the reason, and told once.
	cp "$NIGHTS/rules.json" rules.d/rules.json
	scan 22
	sqlite3 n.db "select rule, reason from findings where state = 'closed'" >closed
	echo 'short-calls|changed since the last run: rules' | diff - closed
	[ "$(news 22 '.entity.id, .state' --cursor c)" = '205@pbx closed' ]
	[ -z "$(news 22 .id --cursor c)" ]
}

# The findings of the rule that is changed, by version.
short_calls() {
	cdrreport -c c.json -f ndjson --since 2000-01-01 --min-score 0 |
		jq -r 'select(.rule.id == "short-calls" and .state != "closed") |
			"\(.rule.version) \(.first_seen)"'
}

@test "a changed rule judges 31 days anew; what it found before stays as it was" {
	site
	events_before 22
	records 1 22 >log/Master.csv
	scan 60
	[ "$(short_calls)" = '2 2026-03-21T20:00:00Z' ]
	# Six calls are asked for now, of which there are none.
	cp "$NIGHTS/rules.json" rules.d/rules.json
	scan 60
	[ "$(short_calls)" = '2 2026-03-21T20:00:00Z' ]
	scan 61
	[ "$(short_calls)" = '2 2026-03-21T20:00:00Z' ]
	[ "$(sqlite3 n.db "select count(*) from findings where state = 'closed'")" -eq 0 ]
	# Without its calls it is over.
	cp n.db kept.db
	scan 61 --forget log/Master.csv
	[ -z "$(short_calls)" ]
	cp kept.db n.db
	scan 61 --rescore
	[ -z "$(short_calls)" ]
	# Nor does a new limit find what is that old, unless it is asked to.
	events_before 22
	scan 62
	[ -z "$(short_calls)" ]
	scan 62 --rescore
	[ "$(short_calls)" = '2 2026-03-21T20:00:00Z' ]
}
