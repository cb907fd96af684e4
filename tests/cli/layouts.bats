#!/usr/bin/env bats
# Every shipped layout on a file of its own: recognised, every record accounted
# for, and the calls as recorded those of tests/cli/layouts/ID.calls.

bats_require_minimum_version 1.5.0
load common

# The sample of a layout; that of cdr_csv is the quiet day.
sample() { # ID
	if [ "$1" = asterisk-csv ]; then
		echo "$TOP/samples/clean-day.csv"
	else
		echo "$TOP/samples/$1".*
	fi
}

ids() {
	(cd "$TOP/rules/layouts" && ls ./*.json) | sed 's|^\./||; s|\.json$||'
}

# The calls of a file as recorded, with options of cdrscan.
recorded() { # FILE [OPTION]...
	rm -f calls.db
	cdrscan --no-config -v -d calls.db "${@:2}" "$1" 2>err
	sqlite3 calls.db <"$TOP/tests/cli/layouts.sql"
}

@test "each layout has a sample that is recognised, and its calls are right" {
	n=0
	for id in $(ids); do
		recorded "$(sample "$id")" >calls
		grep -q ": $id, confidence 1.00" err || { cat err && return 1; }
		grep -q ', 0 rejected' err
		diff "$TOP/tests/cli/layouts/$id.calls" calls || {
			echo "$id" && return 1
		}
		n=$((n + 1))
	done
	[ "$n" -ge 15 ]
}

@test "stating the layout changes nothing" {
	for id in $(ids); do
		file=$(sample "$id")
		recorded "$file" >calls
		recorded "$file" -t "$id" >stated
		diff calls stated
	done
}

@test "a cost without currency is in that of its source" {
	cat >config.json <<-EOF
		{ "cdrconfig": 1, "currency": "EUR", "tz": "UTC", "sources": [
		  { "name": "in", "files": ["$PWD/in.csv"] },
		  { "name": "au", "files": ["$PWD/au.csv"], "currency": "AUD" },
		  { "name": "us", "files": ["$PWD/us.csv"], "currency": "AUD" } ] }
	EOF
	cat >rules.json <<-'EOF'
		{ "cdrrules": 1, "rules": [ { "id": "every-call", "version": 1,
		  "title": "A call", "description": "Each call there is.",
		  "status": "test", "fraud_type": "local-test",
		  "family": "local-every", "score": 20, "match": { "cost": { "gt": 0 } },
		  "by": ["source"], "waiver_needs": ["source"] } ] }
	EOF
	cp "$TOP/samples/ivozprovider.csv" in.csv
	cp "$TOP/samples/realworld-au.csv" au.csv
	cp "$TOP/samples/sinch.csv" us.csv
	printf 'au\tAUD\nin\tEUR\nus\tUSD\n' >want
	cdrscan --config config.json -R rules.json -f ndjson ??.csv >read
	cdrscan --config config.json -d calls.db -R rules.json --now 2026-01-23
	cdrreport --config config.json -d calls.db -R rules.json -f ndjson \
		--now 2026-01-23 --min-score 0 >stored
	for file in read stored; do
		jq -r 'select(.schema == "cdr.finding/1") |
		    [.group.source] + ([.evidence[].currency] | unique) | @tsv' $file |
			sort >got
		diff want got
	done
	# The store keeps what was recorded.
	[ "$(sqlite3 calls.db "SELECT count(*) FROM calls JOIN texts ON texts.id =
	    currency WHERE text IN ('EUR', 'AUD')")" -eq 0 ]
}
