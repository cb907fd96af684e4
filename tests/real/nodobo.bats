#!/usr/bin/env bats
# Five months of calls of 27 young people's telephones, through a layout of
# the site's own and all shipped rules: none of them is a fraud, so whatever
# comes up must be something that a person would look at, too.

bats_require_minimum_version 1.5.0

setup() {
	TOP=$PWD
	NODOBO=$TOP/../shared/data/nodobo/calls_with_header.csv
	[ -f "$NODOBO" ] || skip "no calls of the Nodobo study at $NODOBO"
	PATH=$(cd "$BUILD" && pwd):$PATH
	cd "$BATS_TEST_TMPDIR" || exit 1
	layout >nodobo.json
	echo '{ "cdrconfig": 1, "home_country": "GB", "tz": "Europe/London" }' >gb.json
}

# Each row is what one telephone wrote down: user is its number, other the
# number at the other end, and an unanswered call has no duration.
layout() {
	cat <<-'EOF'
		{
		  "cdrlayout": 1,
		  "id": "nodobo",
		  "title": "Nodobo: what telephones wrote down",
		  "evidence": "real",
		  "order": "free",
		  "container": "rows",
		  "delimiter": ",",
		  "quote": "\"",
		  "header": true,
		  "columns": ["user", "other", "direction", "duration", "timestamp"],
		  "fields": {
		    "start": { "column": "timestamp", "stamp": "%a %b %d %H:%M:%S %z %Y" },
		    "duration": { "column": "duration", "unit": "s" },
		    "direction": {
		      "column": "direction",
		      "map": { "Outgoing": "out", "Incoming": "in", "Missed": "in" }
		    },
		    "src": {
		      "column": [
		        { "column": "user", "when": { "all": [{ "column": "direction", "matches": "^Outgoing$" }] } },
		        "other"
		      ]
		    },
		    "dst": {
		      "column": [
		        { "column": "other", "when": { "all": [{ "column": "direction", "matches": "^Outgoing$" }] } },
		        "user"
		      ]
		    },
		    "account": "user",
		    "user": "user"
		  },
		  "answered": { "all": [{ "column": "duration", "matches": "^[1-9]" }] },
		  "recognise": [{ "time": "start", "must": true, "weight": 2, "says": "start" }]
		}
	EOF
}

# Rows of 1980, from telephones whose clock was not set, are rejects: 3.
scan() {
	run --separate-stderr cdrscan -c gb.json -t map:nodobo.json -f ndjson "$NODOBO"
	[ "$status" -eq 3 ]
	echo "$output" >out
}

@test "the layout is right, and every row is accounted for" {
	run cdrrules check nodobo.json
	[ "$status" -eq 0 ]
	scan
	[[ $stderr == *"before the year 2000"* ]]
	tail -n 1 out | jq -e --argjson lines "$(wc -l <"$NODOBO")" '.counts |
	    .records == $lines and .rejects == 31 and .skipped == 2 and
	    .calls == 12999 and .calls + .rejects + .skipped == $lines'
}

# The cases of medium or more, by the rules that made them:
#
# after-hours: 23 to 56 outgoing calls between ten in the evening and six
#     in the morning, New Year's Eve among them, from a telephone that on such
#     nights otherwise makes 2 or fewer.
# harassment: one caller tries one telephone more than 40 times in a day, more
#     than 20 of them within a quarter of an hour.
# feed-silent: the study begins with a single call, and then there is none for
#     two days.
@test "no case of medium or more without a reason that a person accepts" {
	scan
	jq -sr '(map(select(.schema == "cdr.finding/1") |
	        { key: .id, value: .rule.id }) | from_entries) as $rule |
	    map(select(.schema == "cdr.case/1" and .score >= 40) |
	        [.findings[] | $rule[.]] | unique | join(" ")) |
	    group_by(.)[] | "\(length) \(.[0])"' out | tee cases >&2
	diff - cases <<-'EOF'
		4 after-hours-night after-hours-volume
		2 after-hours-night after-hours-volume volume-spike
		1 feed-silent
		2 harassment harassment-day harassment-hour
	EOF
}

@test "what the reasons say is in the calls" {
	scan
	jq -se 'map(select(.schema == "cdr.finding/1")) |
	    (map(select(.rule.id == "after-hours-night")) |
	        length == 6 and all(.calls.count >= 20)) and
	    (map(select(.rule.id == "harassment" and .score >= 40)) |
	        length == 2 and all(.calls.count >= 30))' out
}
