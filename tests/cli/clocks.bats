#!/usr/bin/env bats
# The nights in which clocks change, and zones that are not what they are said
# to be: Asterisk records whose unique ids have the UTC second.

bats_require_minimum_version 1.5.0
load common

NOW=2026-12-01

# One answered call from 201 of 60 s, as cdr_csv writes it.
record() { # START DST ID
	printf '"","201","%s","internal","""Desk"" <201>","PJSIP/201-00000001",' "$2"
	printf '"PJSIP/carrier-00000002","Dial","PJSIP/%s@carrier","%s","%s","%s",' \
		"$2" "$1" "$1" "$1"
	printf '70,60,"ANSWERED","DOCUMENTATION","%s",""\n' "$3"
}

# Nothing is left to guess but the zone.  Rules: every call; two calls within ten minutes; two in one hour bucket;
# three in one day bucket.
rules() {
	cat >config.json <<-'END'
		{ "cdrconfig": 1, "home_country": "US", "trunks": ["PJSIP/carrier"],
		  "dialplan": { "area": "312" } }
	END
	cat >rules.json <<-'END'
		{ "cdrrules": 1, "rules": [
		  { "id": "every-call", "version": 1, "title": "A call",
		    "description": "Each call.", "status": "test",
		    "fraud_type": "local-test", "family": "local-a", "score": 20,
		    "match": {}, "by": ["dst"], "waiver_needs": ["dst"] },
		  { "id": "ten-minutes", "version": 1, "title": "Two close calls",
		    "description": "Two within ten minutes.", "status": "test",
		    "fraud_type": "local-test", "family": "local-b", "score": 20,
		    "match": {}, "by": ["account"], "waiver_needs": ["account"],
		    "measure": { "fn": "count", "over": "10m" },
		    "when": { "gte": 2 } },
		  { "id": "one-hour", "version": 1, "title": "Two in an hour",
		    "description": "Two in a bucket.", "status": "test",
		    "fraud_type": "local-test", "family": "local-c", "score": 20,
		    "match": {}, "by": ["account"], "waiver_needs": ["account"],
		    "measure": { "fn": "count", "window": "hour" },
		    "when": { "gte": 2 } },
		  { "id": "one-day", "version": 1, "title": "Three in a day",
		    "description": "Three in a bucket.", "status": "test",
		    "fraud_type": "local-test", "family": "local-d", "score": 20,
		    "match": {}, "by": ["account"], "waiver_needs": ["account"],
		    "measure": { "fn": "count", "window": "day" },
		    "when": { "gte": 3 } } ] }
	END
}

scan() { # OPTION... FILE
	rules
	cdrscan -c config.json -R rules.json --now "$NOW" -f ndjson "$@" >out 2>err
}

# The start of each call in UTC, in order.
starts() {
	jq -sr 'map(select(.rule.id? == "every-call") | .evidence[].start) |
	    sort_by(fromdateiso8601)[] | fromdateiso8601 | todate' out |
		tr '\n' ' '
}

# How many findings a rule has.
findings() { # RULE
	jq -sr --arg id "$1" 'map(select(.rule.id? == $id)) | length' out
}

# 02:30 twice in Berlin: 00:30 and 01:30 UTC.
berlin_autumn() {
	record '2026-10-25 01:59:59' 5550140 1792886399.1
	record '2026-10-25 02:30:01' 5550141 1792888200.2
	record '2026-10-25 02:30:02' 5550142 1792891801.3
	record '2026-10-25 02:59:59' 5550143 1792893599.4
	record '2026-10-25 03:00:00' 5550144 1792893600.5
}
BERLIN_AUTUMN='2026-10-24T23:59:59Z 2026-10-25T00:30:01Z 2026-10-25T01:30:02Z 2026-10-25T01:59:59Z 2026-10-25T02:00:00Z '

# 01:59:30 is followed by 03:00:10, which is 40 s later.
berlin_spring() {
	record '2026-03-29 01:59:30' 5550140 1774745970.1
	record '2026-03-29 03:00:10' 5550141 1774746010.2
	record '2026-03-29 04:30:00' 5550142 1774751400.3
}
BERLIN_SPRING='2026-03-29T00:59:30Z 2026-03-29T01:00:10Z 2026-03-29T02:30:00Z '

@test "Berlin, the repeated hour: the id tells which of the two it was" {
	berlin_autumn >a.csv
	scan --tz Europe/Berlin a.csv
	cat err
	[ ! -s err ]
	[ "$(starts)" = "$BERLIN_AUTUMN" ]
	# An hour lies between the two; the last two are a second apart.
	[ "$(findings ten-minutes)" -eq 1 ]
}

@test "Berlin, the repeated hour: records in any order" {
	berlin_autumn >a.csv
	scan --tz Europe/Berlin a.csv
	cp out one
	berlin_autumn | tac >a.csv
	scan --tz Europe/Berlin a.csv
	[ "$(starts)" = "$BERLIN_AUTUMN" ]
	diff <(same_findings one) <(same_findings out)
}

@test "Berlin, the repeated hour: one bucket of two hours, one day of 25" {
	record '2026-10-25 02:00:30' 5550141 1792886430.1 >a.csv
	record '2026-10-25 02:59:30' 5550142 1792893570.2 >>a.csv
	scan --tz Europe/Berlin a.csv
	[ "$(starts)" = '2026-10-25T00:00:30Z 2026-10-25T01:59:30Z ' ]
	[ "$(findings one-hour)" -eq 1 ]

	record '2026-10-25 00:00:00' 5550141 1792879200.1 >a.csv
	record '2026-10-25 12:00:00' 5550142 1792926000.2 >>a.csv
	record '2026-10-25 23:59:59' 5550143 1792969199.3 >>a.csv
	scan --tz Europe/Berlin a.csv
	[ "$(starts)" = '2026-10-24T22:00:00Z 2026-10-25T11:00:00Z 2026-10-25T22:59:59Z ' ]
	[ "$(findings one-day)" -eq 1 ]
	# A day that begins an hour later is another one.
	sed '1s/2026-10-25 00:00:00/2026-10-24 23:59:59/g; 1s/1792879200/1792879199/' a.csv >b.csv
	scan --tz Europe/Berlin b.csv
	[ "$(findings one-day)" -eq 0 ]
}

@test "Berlin, the repeated hour without an id: the first, and that is said" {
	berlin_autumn | sed 's/"1792[0-9.]*",""$/"",""/' >a.csv
	scan --tz Europe/Berlin a.csv
	[[ $(cat err) == *"warning: 3 calls began in an hour that clocks showed twice, and nothing tells which: taken as the first"* ]]
	[ "$(starts)" = '2026-10-24T23:59:59Z 2026-10-25T00:30:01Z 2026-10-25T00:30:02Z 2026-10-25T00:59:59Z 2026-10-25T02:00:00Z ' ]
	scan --tz UTC a.csv
	[ ! -s err ]
}

@test "Berlin, the skipped hour: 01:59:30 and 03:00:10 are 40 s apart" {
	berlin_spring >a.csv
	scan --tz Europe/Berlin a.csv
	cat err
	[ ! -s err ]
	[ "$(starts)" = "$BERLIN_SPRING" ]
	[ "$(findings ten-minutes)" -eq 1 ]
	[ "$(findings one-hour)" -eq 0 ]

	record '2026-03-29 00:00:00' 5550141 1774738800.1 >a.csv
	record '2026-03-29 12:00:00' 5550142 1774778400.2 >>a.csv
	record '2026-03-29 23:59:59' 5550143 1774821599.3 >>a.csv
	scan --tz Europe/Berlin a.csv
	[ "$(starts)" = '2026-03-28T23:00:00Z 2026-03-29T10:00:00Z 2026-03-29T21:59:59Z ' ]
	[ "$(findings one-day)" -eq 1 ]
}

@test "Berlin, a time that was skipped: as if clocks had not changed yet" {
	record '2026-03-29 02:30:00' 5550141 '' >a.csv
	scan --tz Europe/Berlin a.csv
	[ "$(starts)" = '2026-03-29T01:30:00Z ' ]
	# A clock that does not change, and its id says so.
	record '2026-03-29 02:30:00' 5550141 1774747800.1 >a.csv
	scan --tz Europe/Berlin a.csv
	[ "$(starts)" = '2026-03-29T01:30:00Z ' ]
}

@test "New York: both nights" {
	record '2026-11-01 00:59:59' 5550140 1793509199.1 >a.csv
	record '2026-11-01 01:30:00' 5550141 1793511000.2 >>a.csv
	record '2026-11-01 01:30:00' 5550142 1793514600.3 >>a.csv
	record '2026-11-01 02:00:00' 5550143 1793516400.4 >>a.csv
	scan --tz America/New_York a.csv
	[ ! -s err ]
	[ "$(starts)" = '2026-11-01T04:59:59Z 2026-11-01T05:30:00Z 2026-11-01T06:30:00Z 2026-11-01T07:00:00Z ' ]
	[ "$(findings ten-minutes)" -eq 0 ]
	[ "$(findings one-hour)" -eq 1 ]

	record '2026-03-08 01:59:30' 5550140 1772953170.1 >a.csv
	record '2026-03-08 03:00:10' 5550141 1772953210.2 >>a.csv
	scan --tz America/New_York a.csv
	[ ! -s err ]
	[ "$(starts)" = '2026-03-08T06:59:30Z 2026-03-08T07:00:10Z ' ]
	[ "$(findings ten-minutes)" -eq 1 ]
}

@test "nobody states the zone: the ids prove it, in the night as well" {
	{ berlin_autumn; berlin_spring; } >a.csv
	scan a.csv
	[[ $(cat err) == *"stamps are +01:00 and +02:00 by season: 8 of 8 unique ids agree"* ]]
	[ "$(starts)" = "$BERLIN_SPRING$BERLIN_AUTUMN" ]
}

@test "a configured source has its own night" {
	berlin_autumn >berlin.csv
	cat >two.json <<-'END'
		{ "cdrconfig": 1, "home_country": "US", "trunks": ["PJSIP/carrier"],
		  "dialplan": { "area": "312" }, "sources": [
		  { "name": "berlin", "tz": "Europe/Berlin", "files": ["berlin.csv"] },
		  { "name": "tokyo", "tz": "Asia/Tokyo", "files": ["tokyo.csv"] } ] }
	END
	record '2026-10-25 09:30:01' 5550149 1792888201.9 >tokyo.csv
	rules
	cdrscan -c two.json -R rules.json --now "$NOW" -f ndjson berlin.csv tokyo.csv >out 2>err
	[ "$(starts)" = "${BERLIN_AUTUMN/2026-10-25T00:30:01Z/2026-10-25T00:30:01Z 2026-10-25T00:30:01Z}" ]
}

@test "a wrong zone is a warning with the proof" {
	berlin_spring | tail -n 2 >a.csv
	scan --tz America/New_York a.csv
	[ "$(cat err)" = "cdrscan: a.csv:1: warning: the zone is said to be America/New_York, but stamps are +02:00: 2 of 2 unique ids agree (2026-03-29 03:00:10 was 2026-03-29T01:00:10Z by its id: +02:00)" ]
	scan --tz UTC a.csv
	[ "$(cat err)" = "cdrscan: a.csv:1: warning: the zone is said to be UTC, but stamps are +02:00: 2 of 2 unique ids agree (2026-03-29 03:00:10 was 2026-03-29T01:00:10Z by its id: +02:00)" ]
	# What is stated is used all the same, and the run is done.
	[ "$(starts)" = '2026-03-29T03:00:10Z 2026-03-29T04:30:00Z ' ]
	jq -se '.[-1].remarks | map(select(test("said to be UTC"))) | length == 1' out

	echo '{ "cdrconfig": 1, "sources": [ { "name": "pbx1", "tz": "Asia/Tokyo", "files": ["a.csv"] } ] }' >c.json
	run --separate-stderr cdrscan -c c.json -R rules.json --now "$NOW" a.csv
	[ "$status" -eq 0 ]
	[[ $stderr == *"pbx1: the zone is said to be Asia/Tokyo, but stamps are +02:00: 2 of 2 unique ids agree"* ]]
}

@test "a zone that is wrong in one season, too" {
	{ berlin_autumn; berlin_spring; } >a.csv
	for zone in Africa/Lagos Europe/London +02:00; do
		scan --tz "$zone" a.csv
		cat err
		grep -q "a.csv:[0-9]*: warning: the zone is said to be $zone, but " err
	done
	grep -q 'by its id: +01:00)' err
}

@test "the right zone is no warning in either season, nor is one of its names" {
	{ berlin_autumn; berlin_spring; } >a.csv
	for zone in Europe/Berlin Europe/Paris Africa/Ceuta; do
		scan --tz $zone a.csv
		[ ! -s err ]
		[ "$(starts)" = "$BERLIN_SPRING$BERLIN_AUTUMN" ]
	done
}
