#!/usr/bin/env bats
# A store after its zone, layout or dial plan changed: as if it had always been
# so.

bats_require_minimum_version 1.5.0
load common

found() { # STORE
	cdrreport --no-config -d "$1" --min-score 0 --since 2000-01-01 \
		-f ndjson | jq -c 'select(.state != "closed")' >"$1.out"
	same_findings "$1.out"
}

scan() { # CONFIG STORE OPTION...
	cdrscan -c "$1" --now 2026-01-20 -d "$2" "${@:3}"
}

starts() { # STORE
	ask "$1" 'select start, key, clock from calls order by 1, 2'
}

@test "a zone that was stated wrongly" {
	jq '.tz = "Europe/Berlin"' "$CONFIG" >wrong.json
	scan wrong.json n.db "$NIGHT" 2>/dev/null
	scan "$CONFIG" right.db "$NIGHT"
	run scan "$CONFIG" n.db "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"--rescore moves its calls"* ]]
	cp n.db gone.db
	# The file is still there, or it is not.
	run scan "$CONFIG" n.db --rescore "$NIGHT"
	[ "$status" -eq 0 ]
	[[ $output == *"source 'default': 356 calls moved from Europe/Berlin to America/Chicago"* ]]
	scan "$CONFIG" gone.db --rescore 2>/dev/null
	for db in n gone; do
		[ "$(ask $db.db 'select count(*) from calls')" -eq 356 ]
		diff <(starts $db.db) <(starts right.db)
		diff <(found $db.db) <(found right.db)
		[ "$(sqlite3 $db.db 'pragma integrity_check')" = ok ]
	done
	cdrreport -d n.db -f ndjson --limit 1 runs | jq -e '.what == "rescore"'
	# From now on it is as if it had always been so.
	run scan "$CONFIG" n.db "$NIGHT"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

# A record at the moment of a local time, and its id at the UTC second.
at() { # TIME SECOND
	printf '"","201","13125550142","office","201","PJSIP/201-1","PJSIP/carrier-2",'
	printf '"Dial","","%s","%s","%s",60,60,"ANSWERED","DOCUMENTATION","%s.1",""\n' \
		"$1" "$1" "$1" "$2"
}

@test "the hours of a clock change, there and back" {
	{
		at '2025-11-02 00:30:00' 1762061400
		at '2025-11-02 01:30:00' 1762065000
		at '2025-11-02 01:30:00' 1762068600
		at '2025-11-02 03:30:00' 1762075800
		at '2026-03-08 01:30:00' 1772955000
		at '2026-03-08 03:30:00' 1772958600
	} >x.csv
	jq '.tz = "UTC"' "$CONFIG" >utc.json
	scan "$CONFIG" n.db --now 2026-04-01 x.csv
	scan "$CONFIG" chicago.db --now 2026-04-01 x.csv
	scan utc.json utc.db --now 2026-04-01 x.csv 2>/dev/null
	rm x.csv
	scan utc.json n.db --now 2026-04-01 --rescore 2>/dev/null
	diff <(starts n.db) <(starts utc.db)
	scan "$CONFIG" n.db --now 2026-04-01 --rescore 2>/dev/null
	# An id told the second reading from the first; that is lost with the file.
	[ "$(starts n.db | wc -l)" -eq 6 ]
	diff <(starts n.db | cut -d'|' -f1 | uniq) \
		<(starts chicago.db | cut -d'|' -f1 | grep -v '^1762068600000$')
}

@test "a layout that was wrong" {
	jq '. + { sources: [ { name: "a", files: ["a.csv"], layout: "map:own.json" } ] }' \
		"$CONFIG" >c.json
	python3 - "$TOP/samples/3cx.csv" >a.csv <<-'PY'
	import csv, sys
	for r in list(csv.reader(open(sys.argv[1], newline="")))[:3]:
	    csv.writer(sys.stdout).writerow([r[i] for i in (0, 1, 7, 8, 3, 4, 5, 2, 6)])
	PY
	layout() { # FROM TO
		jq -n --arg from "$1" --arg to "$2" '{ cdrlayout: 1, id: "own",
		    title: "Own", extends: "3cx", columns: ["historyid", "callid",
		    $from, $to, "time-start", "time-answered", "time-end",
		    "duration", "reason-terminated"] }' >own.json
	}
	dst() {
		ask n.db "select text from calls join texts on texts.id = dst
		    order by start" | xargs
	}
	layout to-no from-no
	scan c.json n.db --now 2026-02-01
	wrong=$(dst)
	layout from-no to-no
	# Nobody knows that it changed; only who says so.
	scan c.json n.db --now 2026-02-01
	[ "$(dst)" = "$wrong" ]
	scan c.json n.db --now 2026-02-01 --rescore
	[ "$(dst)" != "$wrong" ]
	scan c.json right.db --now 2026-02-01
	diff <(starts n.db) <(starts right.db)
	diff <(found n.db) <(found right.db)
	[ "$(ask n.db 'select count(*) from calls')" -eq 3 ]
}

@test "a dial plan is in force at once, and that it changed is said" {
	jq 'del(.dialplan.extensions)' "$CONFIG" >other.json
	scan other.json n.db "$NIGHT" 2>/dev/null
	run scan "$CONFIG" n.db "$NIGHT"
	[[ $output == *"changed since the last run: configuration"* ]]
	scan "$CONFIG" right.db "$NIGHT"
	diff <(found n.db) <(found right.db)
}

@test "what needs a store" {
	jq --arg night "$NIGHT" '. + { sources: [ { name: "pbx", files: [ $night ] } ] }' \
		"$CONFIG" >files.json
	for option in --rescore --prune --no-archive --dry-run --print '--wait 1h'; do
		# shellcheck disable=SC2086
		run -2 cdrscan -c files.json $option
		[ "$output" = "cdrscan: ${option% 1h} needs a store: -d FILE, CDR_DB or \"db\" in the configuration" ]
		# shellcheck disable=SC2086
		run -2 cdrscan --no-config $option
		[ "$output" = "cdrscan: ${option% 1h} needs a store: -d FILE, CDR_DB or \"db\" in the configuration" ]
		# The configured one is for runs without operands.
		# shellcheck disable=SC2086
		run -2 cdrscan -c "$CONFIG" $option "$NIGHT"
		[ "$output" = "cdrscan: ${option% 1h} needs a store: -d FILE, as files are named" ]
		# shellcheck disable=SC2086
		CDR_DB=n.db run -2 cdrscan -c "$CONFIG" $option "$NIGHT"
		[ "$output" = "cdrscan: ${option% 1h} needs a store: -d FILE, as files are named" ]
		# shellcheck disable=SC2086
		run -2 cdrscan -c "$CONFIG" --recognise -d n.db $option "$NIGHT"
		[ "$output" = "cdrscan: --recognise has no use for ${option% 1h}" ]
		for question in '--number 911' --check-config; do
			# shellcheck disable=SC2086
			run -2 cdrscan -c "$CONFIG" -d n.db $question $option
			[ "$output" = "cdrscan: ${question% 911} has no use for ${option% 1h}" ]
		done
		[ ! -e n.db ]
	done
	run -2 cdrscan -c "$CONFIG" -n "$NIGHT"
	[[ $output == *"--dry-run needs a store"* ]]
}
