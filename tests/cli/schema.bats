#!/usr/bin/env bats
# The JSON that the programs print fits the schemas in rules/schemas, and the
# schemas refuse what does not.

bats_require_minimum_version 1.5.0

golden=tests/unit/golden

# An Asterisk Master.csv: a quiet day, then a night of calls to one country
# that nobody called before, adjacent numbers, from one extension.
night() {
	awk 'BEGIN {
		row = "\"%s\",\"%s\",\"%s\",\"office\",\"\"\"%s\"\" <%s>\"," \
		    "\"PJSIP/%s-%08x\",\"PJSIP/carrier-%08x\",\"Dial\"," \
		    "\"PJSIP/%s@carrier,60\",\"%s\",\"%s\",\"%s\",%d,%d," \
		    "\"ANSWERED\",\"DOCUMENTATION\",\"%d.%d\",\"\"\n"
		for (i = 0; i < 60; i++) {
			start = 1768208400 + i * 300 # 09:00 UTC, 12 January 2026
			print_call("sales", "2001", "131255501" sprintf("%02d", i), start, 60 + i)
		}
		for (i = 0; i < 80; i++) {
			start = 1768266000 + i * 45 # 01:00 UTC the next night
			print_call("acme", "2041", "01153755501" sprintf("%02d", i), start, 842)
		}
	}
	function print_call(account, src, dst, start, talk) {
		printf row, account, src, dst, "O'"'"'Neill, \303\204", src, src,
		    start, start, dst, stamp(start), stamp(start + 5),
		    stamp(start + 5 + talk), talk + 5, talk, start, i
	}
	function stamp(t,   day, s) {
		day = 12 + int((t - 1768176000) / 86400)
		s = (t - 1768176000) % 86400
		return sprintf("2026-01-%02d %02d:%02d:%02d", day,
		    s / 3600, s % 3600 / 60, s % 60)
	}'
}

# Rules that fire on that night, whatever is shipped: measures of several
# units, a further measure, no measure at all, a shadow rule.
rules() {
	cat <<-'JSON'
	{ "cdrrules": 1, "rules": [
	  { "id": "local-many", "version": 1, "title": "Many calls to one country",
	    "description": "Many calls to one country.", "status": "test",
	    "fraud_type": "irsf", "family": "destination", "score": 65,
	    "match": { "direction": "out", "international": true },
	    "by": ["account", "dst_country"],
	    "measure": { "fn": "count", "window": "day" },
	    "also": [ { "fn": "sum", "of": "duration", "gte": "1h" } ],
	    "when": { "gte": 20 }, "waiver_needs": ["account"],
	    "triage": ["Whose telephone is it?"] },
	  { "id": "local-at-once", "version": 1, "title": "Too many at once",
	    "description": "More than a person can make.", "status": "test",
	    "fraud_type": "account-takeover", "family": "concurrency", "score": 85,
	    "match": { "direction": "out" }, "by": ["account"],
	    "measure": { "fn": "concurrent" }, "when": { "gte": 5 },
	    "waiver_needs": ["account"] },
	  { "id": "local-any", "version": 1, "title": "Long calls abroad",
	    "description": "Any long call abroad.", "status": "test",
	    "fraud_type": "irsf", "family": "duration", "score": 10,
	    "match": { "international": true, "duration": { "gte": "10m" } },
	    "by": ["account"], "waiver_needs": ["account"] },
	  { "id": "local-shadow", "version": 1, "title": "Mostly answered",
	    "description": "Mostly answered.", "status": "experimental",
	    "fraud_type": "probing", "family": "volume", "score": 20,
	    "match": {}, "by": ["source"],
	    "measure": { "fn": "ratio", "where": { "status": "answered" }, "over": "1h" },
	    "when": { "gte": 0.5, "min_calls": 10 }, "waiver_needs": ["source"] }
	] }
	JSON
}

setup() {
	night >"$BATS_TEST_TMPDIR/Master.csv"
	head -n 60 "$BATS_TEST_TMPDIR/Master.csv" >"$BATS_TEST_TMPDIR/quiet.csv"
	mkdir "$BATS_TEST_TMPDIR/rules"
	rules >"$BATS_TEST_TMPDIR/rules/local.json"
}

# How many objects of a schema are in a stream or a report.
count() {
	jq -s --arg s "$1" '[.. | objects | select(.schema == $s)] | length' "$2"
}

check() {
	tests/cli/schema.py "$@"
}

# A kept report, changed by a jq filter, must be refused with these words.
refused() {
	jq -c "$2" "$golden/$1" >"$BATS_TEST_TMPDIR/changed"
	run check "$BATS_TEST_TMPDIR/changed"
	if [ "$status" -ne 1 ] || [[ $output != *"$3"* ]]; then
		echo "$2: $status: $output"
		return 1
	fi
}

@test "kept reports fit" {
	check "$golden"/*.json "$golden"/*.ndjson
}

@test "a faulty report does not fit" {
	refused night.json 'del(.cases)' "required: 'cases'"
	refused night.json 'del(.findings[0].rule.hash)' "rule: required: 'hash'"
	refused night.json '.findings[0].score = 101' 'score: maximum:'
	refused night.json '.findings[0].severity = "low"' 'findings/0: oneOf:'
	refused night.json '.findings[0].first_seen = "2026-01-13 02:11"' 'first_seen: pattern:'
	refused night.json '.findings[0].calls.count = "110"' 'count: type:'
	refused night.json '.findings[0].evidence[0].src = 2041' 'src: type:'
	refused night.json '.findings[0].evidence[0].line = 0' 'line: minimum:'
	refused night.json '.findings[0].evidence |= . + .' 'evidence: maxItems:'
	refused night.json 'del(.findings[0].case)' "required: 'case'"
	refused night.json '.cases[0].state = "solved"' 'state: enum:'
	refused night.json 'del(.cases[0].state)' 'no state'
	refused night.json '.cases[0].merged_into = []' 'merged_into: minItems:'
	refused night.json '.cases[0].merged_into = ["f-0123456789"]' 'pattern:'
	refused night.json '.run.stored = false' 'a state without a store'
	refused night.json '.run.counts.records += 1' 'counts do not add up'
	refused night.json '.cases[0].points[0].points = 89' 'points do not add up'
	refused night.json '.findings |= .[1:]' 'lacks finding'
	refused night.json '.cases |= reverse' 'not in the order'
	refused night.json '.run.colour = "red"' 'run: additionalProperties:'
	refused night.json '.schema = "cdr.report/2"' 'unknown schema'
	refused night.ndjson 'select(.schema != "cdr.run/1")' 'no run at the end'
}

@test "a reader of /1 takes keys that were added later" {
	jq '.findings[0].added = 1 | .run.added = {}' "$golden/night.json" \
		>"$BATS_TEST_TMPDIR/later.json"
	python3 - "$BATS_TEST_TMPDIR/later.json" <<-'PY'
		import json, sys
		sys.path.insert(0, "tests/cli")
		import schema
		checks = schema.validators(schema.load())
		report = json.load(open(sys.argv[1]))
		checks["cdr.report/1"].validate(report)
	PY
}

@test "cdrscan -f json and -f ndjson" {
	out=$BATS_TEST_TMPDIR/out
	for format in json ndjson; do
		"$BUILD/cdrscan" -R "$BATS_TEST_TMPDIR/rules" -f "$format" \
			"$BATS_TEST_TMPDIR/Master.csv" >"$out" 2>/dev/null
		check "$out"
		# it is no test if nothing was found
		[ "$(count cdr.case/1 "$out")" -gt 0 ]
		[ "$(count cdr.finding/1 "$out")" -gt 2 ]
		[ "$(count cdr.run/1 "$out")" -eq 1 ]
		# and with the rules that are shipped
		"$BUILD/cdrscan" -f "$format" "$BATS_TEST_TMPDIR/Master.csv" \
			>"$out" 2>/dev/null
		check "$out"
	done
}

@test "cdrscan of a quiet day" {
	for format in json ndjson; do
		"$BUILD/cdrscan" -f "$format" "$BATS_TEST_TMPDIR/quiet.csv" \
			>"$BATS_TEST_TMPDIR/out" 2>/dev/null
		check "$BATS_TEST_TMPDIR/out"
	done
}

@test "cdrreport from a pipe" {
	out=$BATS_TEST_TMPDIR/out
	"$BUILD/cdrscan" -R "$BATS_TEST_TMPDIR/rules" -f ndjson \
		"$BATS_TEST_TMPDIR/Master.csv" 2>/dev/null >"$out.found"
	for format in json ndjson; do
		"$BUILD/cdrreport" --min-score 1 -f "$format" - <"$out.found" >"$out"
		check "$out"
		[ "$(count cdr.case/1 "$out")" -gt 0 ]
	done
	# nothing is lost or changed on the way
	cmp "$out" "$out.found"
}

@test "cdrreport from a stream that broke off" {
	out=$BATS_TEST_TMPDIR/out
	"$BUILD/cdrscan" -R "$BATS_TEST_TMPDIR/rules" -f ndjson \
		"$BATS_TEST_TMPDIR/Master.csv" 2>/dev/null | sed '$d' >"$out.cut"
	run -3 "$BUILD/cdrreport" -f ndjson - <"$out.cut"
	[[ $output != *cdr.run/1* ]]
	run -3 "$BUILD/cdrreport" -f json - <"$out.cut"
	[[ $output != *cdr.run/1* ]]
	run -3 "$BUILD/cdrreport" - <"$out.cut"
	[[ $output == *INCOMPLETE* ]]
}

@test "cdrreport from a store" {
	out=$BATS_TEST_TMPDIR/out
	"$BUILD/cdrscan" -R "$BATS_TEST_TMPDIR/rules" -d "$out.db" \
		"$BATS_TEST_TMPDIR/Master.csv" 2>/dev/null
	for format in json ndjson; do
		"$BUILD/cdrreport" -d "$out.db" --now 2026-01-13T12:00:00Z \
			-f "$format" >"$out"
		check "$out"
		[ "$(count cdr.finding/1 "$out")" -gt 0 ]
	done
}

@test "a cursor fits" {
	local dir=$BATS_TEST_TMPDIR
	"$BUILD/cdrscan" -q --no-config -R "$dir/rules" -d "$dir/n.db" \
		"$dir/Master.csv" >/dev/null
	"$BUILD/cdrreport" --no-config -d "$dir/n.db" --min-score 1 --new \
		-o "$dir/report.txt"
	[ "$(jq '.cases | length' "$dir/n.db.cursor-default")" -gt 0 ]
	check "$dir/n.db.cursor-default"
	# A first night on which nothing had to be told.
	"$BUILD/cdrreport" --no-config -d "$dir/n.db" --new --cursor quiet --skip-empty --account nobody
	run -1 jq -e .sent "$dir/n.db.cursor-quiet"
	check "$dir/n.db.cursor-quiet"
}
