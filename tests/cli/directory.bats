#!/usr/bin/env bats
# The directory and the rates of a site.

bats_require_minimum_version 1.5.0
load common

# One rule that finds every call, by KEY, with MATCH.
rule() { # BY MATCH
	mkdir -p own.d
	jq -n --arg by "$1" --argjson match "$2" '{ cdrrules: 1, rules: [{
	    id: "local-all", version: 1, title: "t", description: "d",
	    status: "test", fraud_type: "irsf", family: "volume", score: 9,
	    match: $match, by: [$by], waiver_needs: ["account"] }] }' >own.d/r.json
}

@test "account, class, group and capacity come from the directory" {
	cat >directory.csv <<-'EOF'
		number,name,account,class,group,capacity
		207,Desk,HOTEL,reception,house,2
	EOF
	jq '.directory = "directory.csv"' "$CONFIG" >config.json
	rule account '{ "class": "reception", "group": "house" }'
	cdrscan -c config.json -R own.d -f ndjson "$NIGHT" >found.ndjson
	jq -es 'map(select(.rule.id == "local-all")) | length > 0 and
	    all(.entity == { "type": "account", "id": "HOTEL" })' found.ndjson
	rule account '{ "capacity": { "gte": 2 } }'
	cdrscan -c config.json -R own.d -f ndjson "$NIGHT" >other.ndjson
	for f in found other; do
		jq -c 'select(.rule.id == "local-all") | .id' $f.ndjson >$f
	done
	cmp found other
	# The tools that look into a rule know the site, too.
	run cdrrules explain -c config.json -R own.d local-all "$NIGHT:205"
	[ "$status" -eq 0 ]
	[[ $output == *"HOTEL"* && $output == *"pass  capacity"* ]]
	rule account '{ "capacity": { "gte": 3 } }'
	cdrscan -c config.json -R own.d -f ndjson "$NIGHT" |
		jq -es 'all(.rule.id != "local-all")'
}

@test "a limit may be what the directory says" {
	jq '.directory = "directory.csv"' "$CONFIG" >config.json
	rule account '{ "account": "HOTEL" }'
	jq '.rules[0] += { measure: { fn: "count", over: "2h" },
	    when: { gte: { field: "capacity" } } }' own.d/r.json >r.json
	mv r.json own.d/r.json
	for n in 1 2 3; do
		printf 'number,account,capacity\n207,HOTEL,%s\n' $n >directory.csv
		cdrscan -c config.json -R own.d -f ndjson "$NIGHT" |
			jq -es --argjson n $n 'map(select(.rule.id == "local-all")) |
			    length > 0 and all(.measure.limit == $n)'
	done
	# The reason has it, of one line, too.
	for n in 1 5; do
		printf 'number,group,capacity\n207,sales,%s\n' $n >directory.csv
		cdrscan -c config.json -r concurrent-group -f ndjson "$NIGHT" |
			jq -es --arg n $n '.[0].reason == "8 calls at once; limit \($n) (capacity)"'
	done
	printf 'number,account,capacity\n207,HOTEL,\n' >directory.csv
	cdrscan -c config.json -R own.d -f ndjson "$NIGHT" |
		jq -es 'all(.rule.id != "local-all")'
}

@test "a calendar of the directory is that of its number's calls" {
	rule user '{ "time": { "outside": "business-hours" }, "user": "207" }'
	jq '.calendars.always = { "open": { "mon-sun": ["00:00-24:00"] } } |
	    .directory = "directory.csv"' "$CONFIG" >config.json
	printf 'number,calendar\n207,\n' >directory.csv
	cdrscan -c config.json -R own.d -f ndjson "$NIGHT" |
		jq -es 'any(.rule.id == "local-all")'
	printf 'number,calendar\n207,always\n' >directory.csv
	cdrscan -c config.json -R own.d -f ndjson "$NIGHT" |
		jq -es 'all(.rule.id != "local-all")'
	printf 'number,calendar\n207,nowhere\n' >directory.csv
	run cdrscan -c config.json -R own.d "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"directory.csv:2:5: no such calendar: 'nowhere'"* ]]
}

@test "rates give calls a cost, and it is told that it is an estimate" {
	printf 'prefix,per_minute,currency\n+,0.60,EUR\n+53,6,USD\n' >rates.csv
	jq '.rates = "rates.csv"' "$CONFIG" >config.json
	run cdrscan -c config.json "$NIGHT"
	[ "$status" -eq 2 ] # "+" alone is no prefix
	sed -i '2d' rates.csv
	cdrscan -c config.json -f ndjson "$NIGHT" >rated.ndjson
	jq -es 'map(select(.rule.id == "known-bad-number")) | length > 0 and
	    all(.calls.currency == "USD" and
	        ([.evidence[] | select(.duration_s > 0)] | length > 0 and
	            all((.cost - .duration_s / 10) | fabs < 0.000001)))' rated.ndjson
	jq -es 'last.remarks | any(test("is an estimate from rates"))' rated.ndjson
	echo '+44,cheap,EUR' >>rates.csv
	run cdrscan -c config.json "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"rates.csv:3:5: not a price: 'cheap'"* ]]
}

@test "two accounts have their days by the clocks of their calendars" {
	rule user '{ "user": ["207", "208"] }'
	jq '.rules[0] += { measure: { fn: "count", window: "day" },
	    when: { gte: 1 } }' own.d/r.json >r.json
	mv r.json own.d/r.json
	# 22:30 and 23:30 of 13 January in UTC, for both of them
	cat >both.csv <<-'END'
		"","207","+442079460142","from-internal","""207"" <207>","SIP/207-1","SIP/trunk-1","Dial","x","2026-01-13 22:30:00","2026-01-13 22:30:05","2026-01-13 22:31:05",65,60,"ANSWERED","DOCUMENTATION","1768343400.1",""
		"","208","+442079460142","from-internal","""208"" <208>","SIP/208-2","SIP/trunk-2","Dial","x","2026-01-13 22:30:00","2026-01-13 22:30:05","2026-01-13 22:31:05",65,60,"ANSWERED","DOCUMENTATION","1768343400.2",""
		"","207","+442079460142","from-internal","""207"" <207>","SIP/207-3","SIP/trunk-3","Dial","x","2026-01-13 23:30:00","2026-01-13 23:30:05","2026-01-13 23:31:05",65,60,"ANSWERED","DOCUMENTATION","1768347000.3",""
		"","208","+442079460142","from-internal","""208"" <208>","SIP/208-4","SIP/trunk-4","Dial","x","2026-01-13 23:30:00","2026-01-13 23:30:05","2026-01-13 23:31:05",65,60,"ANSWERED","DOCUMENTATION","1768347000.4",""
	END
	cat >config.json <<-'END'
		{ "cdrconfig": 1, "tz": "UTC", "home_country": "US", "directory": "directory.csv",
		  "calendars": {
		    "ulm": { "tz": "Europe/Berlin", "open": { "mon-fri": ["08:00-18:00"] } },
		    "york": { "tz": "America/New_York", "open": { "mon-fri": ["08:00-18:00"] } } } }
	END
	printf 'number,calendar\n207,ulm\n208,york\n' >directory.csv
	days() {
		cdrscan -c config.json -R own.d -f ndjson both.csv | jq -es \
			'[.[] | select(.rule.id == "local-all") | .group.user] |
			sort | join(" ")' | tr -d '"'
	}
	# Midnight in Ulm lies between them, in New York as in UTC it does not.
	[ "$(days)" = "207 207 208" ]
	printf 'number,calendar\n207,york\n208,ulm\n' >directory.csv
	[ "$(days)" = "207 208 208" ]
	printf 'number,calendar\n207,\n208,\n' >directory.csv
	[ "$(days)" = "207 208" ]
}

@test "a store's run names what it is judged by otherwise than before" {
	jq '.directory = "directory.csv" | .rates = "rates.csv"' "$CONFIG" >config.json
	printf 'number,account\n207,HOTEL\n' >directory.csv
	printf 'prefix,per_minute,currency\n+44,1,EUR\n' >rates.csv
	next() { cdrscan -c config.json -d store.db "$NIGHT" 2>&1; }
	[[ $(next) != *"changed since"* ]]
	[[ $(next) != *"changed since"* ]]
	echo '208,HOTEL' >>directory.csv
	echo '+53,6,USD' >>rates.csv
	[[ $(next) == *"changed since the last run: directory, rates"* ]]
	[[ $(next) != *"changed since"* ]]
	jq '.currency = "CHF"' config.json >c && mv c config.json
	[[ $(next) == *"changed since the last run: configuration"* ]]
	# Where things are, and how it is written, is none of it: what was kept stands.
	jq -c '.db = "store.db" | .retention = "400d" | .report = { "min_score": 60 } | .rules = []' \
		config.json >c && mv c config.json
	cdrscan -v -c config.json -d store.db "$NIGHT" >said 2>&1
	run -1 grep 'changed since' said
	grep 'as they were: ' said
}

@test "all that is wrong with directory and rates is told at once" {
	printf 'number,capacity\n201,x\n(312) 555-0142,2\n+1312,1\n' >d.csv
	printf 'prefix,per_minute,currency\n44,x,USD\n1,1,USD\n+1,2,USD\n' >r.csv
	jq '.directory = "d.csv" | .rates = "r.csv"' "$CONFIG" >config.json
	run -2 cdrscan -c config.json "$NIGHT"
	diff - <(sed "s,$PWD/,," <<<"$output") <<-'END'
	cdrscan: d.csv:2:5: not a capacity: 'x'
	cdrscan: d.csv:3:1: a number outside needs + and its country: '(312) 555-0142'
	cdrscan: d.csv:4:1: not a number of 7 to 15 digits: '+1312'
	cdrscan: r.csv:2:4: not a price: 'x'
	cdrscan: r.csv:4:1: '+1' stands there twice, first on line 3
	END
}

@test "--check-config says what directory, rates and holidays came to" {
	printf 'number\n201\n201@nowhere\n' >d.csv
	printf 'prefix,per_minute,currency\n44,1,USD\n1,1,USD\n' >r.csv
	jq '.directory = "d.csv" | .rates = "r.csv" |
	    .calendars."business-hours".closed = ["2026-01-01", "2026-12-25"]' \
	    "$CONFIG" >config.json
	run --separate-stderr cdrscan -c config.json --now 2026-06-01 --check-config
	[[ $stderr == *"d.csv:3: warning: no source is at site 'nowhere': '201@nowhere' is nobody"* ]]
	[[ $output == *"directory $PWD/d.csv: 2 numbers"* ]]
	[[ $output == *"rates $PWD/r.csv: 2 prefixes"* ]]
	[[ $output == *"closed    2 dates, 1 of them from today on"* ]]
}

@test "a source that states no site is at the one of its name" {
	printf 'number,account\n201@main,A\n202@ulm,B\n203@pbx1,C\n' >d.csv
	jq '.directory = "d.csv" | .sources = [
	    { "name": "main", "files": ["*.csv"] },
	    { "name": "pbx1", "site": "ulm", "files": ["*.log"] } ]' \
	    "$CONFIG" >config.json
	run -0 cdrrules check config.json
	[[ $output == *"d.csv:4: warning: no source is at site 'pbx1'"* ]]
	[[ $output == *"0 errors, 1 warning"* ]]
}
