#!/usr/bin/env bats
# cdrreport's formats, and where its reports go.

bats_require_minimum_version 1.5.0
load common

scan() {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT" >/dev/null 2>&1
}

@test "csv is what a reader of CSV expects" {
	scan
	cdrreport -d n.db -f csv -o r.csv
	cdrreport -d n.db -f json -o r.json
	cat >read.py <<-'EOF'
	import csv, json
	rows = list(csv.DictReader(open("r.csv", newline="", encoding="utf-8")))
	found = json.load(open("r.json"))
	assert [r["finding"] for r in rows] == [f["id"] for f in found["findings"]]
	for c in found["cases"]:
	    mine = [r for r in rows if r["case"] == c["id"]]
	    assert sum(int(r["points"]) for r in mine) == c["score"], c["id"]
	for r, f in zip(rows, found["findings"]):
	    assert r["entity"] == f["entity"]["id"]
	    assert int(r["calls"]) == f["calls"]["count"]
	    assert r["reason"] == f["reason"]
	    assert r["first_seen"] == f["first_seen"]
	EOF
	python3 read.py
	[ "$(tail -c 2 r.csv | od -An -tx1 | tr -d ' ')" = 0d0a ]
}

@test "csv-safe, columns, tsv" {
	scan
	cdrreport -d n.db -f csv --csv-safe --columns entity,case >safe.csv
	[ "$(head -n 1 safe.csv | tr -d '\r')" = entity,case ]
	grep -q "^'+18005550199," safe.csv
	run -1 grep '^+' safe.csv
	cdrreport -d n.db -f tsv --columns entity,score >r.tsv
	grep -qP '^\+18005550199\t35$' r.tsv
	run cdrreport -d n.db -f csv --columns entity,nobody
	[ "$status" -eq 2 ]
	[[ $output == *"--columns: no such column: 'nobody'"* ]]
}

@test "html stands alone, and has pictures of what the store knows" {
	scan
	cdrreport -d n.db -f html -o r.html
	grep -q "default-src 'none'; style-src 'unsafe-inline'" r.html
	run -1 grep -iE '<script|<img|<link|src=|url\(|https?:' r.html
	[ "$(grep -c '<svg role="img"' r.html)" -ge 6 ]
	grep -q 'the site is closed' r.html
	grep -q 'CU +537555xxxx' r.html
	cdrscan -c "$CONFIG" -f ndjson "$NIGHT" 2>/dev/null |
		cdrreport -f html - >stateless.html
	grep -q 'Drawn from the calls that the findings show' stateless.html
	cdrreport -d n.db -f html --redact 6 -o redacted.html
	grep -q 'CU +5375xxxxxx' redacted.html
	run -1 grep '537555' redacted.html
	# Numbers that no plan knows are numbers, too.
	sed 's/"0115375550\([0-9]*\)"/"6605375550\1"/' "$NIGHT" >odd.csv
	cdrscan --no-config -d odd.db odd.csv 2>/dev/null
	cdrreport -d odd.db --min-score 0 -f html --since 2000-01-01 -o odd.html
	grep -q '66053755501' odd.html
	cdrreport -d odd.db --min-score 0 -f html --since 2000-01-01 --redact 4 -o odd.html
	run -1 grep '66053755501' odd.html
}

@test "the text has a bar a day of the account's own calls" {
	scan
	run cdrreport -d n.db 207
	[[ $output == *"before the case 1 is usual"* ]]
	grep -q '^  Thu 15 Jan *85 ####' <<<"$output"
	[ "$(printf '%s\n' "$output" | awk 'length > 80' | wc -l)" -eq 0 ]
	run cdrreport -d n.db --detail low 207
	[[ $output != *"is usual"* ]]
}

@test "--new tells each case once, and again when it grew" {
	head -n 230 "$NIGHT" >part.csv
	cdrscan -q -c "$CONFIG" -d n.db part.csv >/dev/null
	cdrreport -d n.db --new -f json >first.json
	[ "$(jq '.cases | length' first.json)" -gt 0 ]
	[ "$(cdrreport -d n.db --new -f json | jq '.cases | length')" -eq 0 ]
	cdrscan -q -c "$CONFIG" -d n.db "$NIGHT" >/dev/null
	cdrreport -d n.db --new -f json >second.json
	jq -e '.cases[] | select(.entity.id == "207")' second.json
	run cdrreport -d n.db --new
	[[ $output == *"Nothing new since the last report."* ]]
	# another cursor has its own idea
	[ "$(cdrreport -d n.db --new --cursor other -f json | jq '.cases | length')" -gt 0 ]
	[ "$(stat -c %a n.db.cursor-other)" = 600 ]
}

@test "a report that was not delivered is told again" {
	scan
	run cdrreport -d n.db --new --pipe 'cat >/dev/null; exit 1'
	[ "$status" -eq 2 ]
	run cdrreport -d n.db --new -o missing/report.txt
	[ "$status" -eq 2 ]
	run bash -c 'cdrreport -d n.db --new >/dev/full'
	[ "$status" -eq 2 ]
	[ ! -e n.db.cursor-default ]
	run bash -c 'set -o pipefail; cdrreport -d n.db --new | true; exit 0'
	cdrreport -d n.db --new --pipe 'cat >got'
	grep -q '^3 cases to look at' got
	[ -e n.db.cursor-default ]
}

@test "a cursor that cannot be written is exit 2, after the report" {
	scan
	run cdrreport -d n.db --new --cursor ./nowhere/cursor
	[ "$status" -eq 2 ]
	[[ $output == *"3 cases to look at"*"cannot open the lock ./nowhere/cursor.lock"* ]]
	echo '{}' >broken
	run cdrreport -d n.db --new --cursor ./broken
	[ "$status" -eq 2 ]
	[[ $output == *"./broken: is no cursor"* ]]
	[[ $output != *"cases to look at"* ]]
}

@test "two reports at once tell each case once" {
	scan
	rm -f n.db.cursor-*
	# the first is at its mailer when the second comes, which waits for it
	cdrreport -d n.db --new --pipe 'touch begun; sleep 2; cat >first' &
	until [ -e begun ]; do sleep 0.05; done
	cdrreport -d n.db --new -o second
	wait $!
	grep -q '^3 cases to look at' first
	grep -q '^Nothing new since the last report' second
	# whoever begins first: three cases are told, by one of four
	rm -f n.db.cursor-*
	local i jobs=()
	for i in 1 2 3 4; do
		cdrreport -d n.db --new -f json --pipe "cat >r$i" &
		jobs+=($!)
	done
	for i in "${jobs[@]}"; do wait "$i"; done
	[ "$(cat r[1-4] | jq -s '[.[].cases[].id] | length')" -eq 3 ]
	[ "$(cat r[1-4] | jq -s '[.[].cases[].id] | unique | length')" -eq 3 ]
	# killed, it lets go, and what it did not deliver is told again
	rm -f n.db.cursor-* begun
	cdrreport -d n.db --new --pipe 'touch begun; exec sleep 1' &
	until [ -e begun ]; do sleep 0.05; done
	kill -9 $!
	wait $! || true
	cdrreport -d n.db --new -o third
	grep -q '^3 cases to look at' third
}

@test "a report waits ten seconds for another, and says who it is" {
	scan
	cdrreport -d n.db --new --pipe 'touch begun; sleep 15; cat >first' &
	local other=$!
	until [ -e begun ]; do sleep 0.05; done
	run cdrreport -d n.db --new -o second
	[ "$status" -eq 4 ]
	[ "$output" = "cdrreport: n.db.cursor-default: another report is at it, process $other" ]
	[ ! -e second ]
	# another cursor, and a report without any, need not wait
	cdrreport -d n.db --new --cursor other -o third
	cdrreport -d n.db -o fourth
	wait "$other"
	[ -s first ]
	run cdrreport -d n.db --new --cursor default.lock
	[ "$status" -eq 2 ]
	[[ $output == *"does not end in .lock"* ]]
}

@test "--skip-empty is silent, unless the heart must beat" {
	scan
	run cdrreport -d n.db --skip-empty --min-score 100
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run cdrreport -d n.db --skip-empty --min-score 100 -o none.txt
	[ ! -e none.txt ]
	run cdrreport -d n.db --skip-empty --min-score 100 --pipe 'touch started'
	[ ! -e started ]
	beat() {
		cdrreport -d n.db --new --skip-empty --heartbeat 7d --now "$1"
	}
	[[ $(beat 2026-01-16) == *"3 cases"* ]]
	[ -z "$(beat 2026-01-17)" ]
	[ -z "$(beat 2026-01-22)" ]
	[[ $(beat 2026-01-23) == *"Nothing new"* ]]
	[ -z "$(beat 2026-01-24)" ]
}

@test "options that make no sense together are refused" {
	scan
	refused() { # WORDS OPTION...
		local words=$1
		shift
		run cdrreport -d n.db "$@"
		[ "$status" -eq 2 ]
		[[ $output == *"$words"* ]]
	}
	refused '--cursor goes with --new' --cursor x
	refused '--heartbeat goes with' --heartbeat 7d
	refused '--heartbeat takes a time' --new --skip-empty --heartbeat soon
	refused '--pipe and --output' --pipe cat -o x
	refused '--cursor takes letters' --new --cursor 'a b'
	run cdrreport --new - </dev/null
	[ "$status" -eq 2 ]
	[[ $output == *"--cursor without a store must be a path"* ]]
}

@test "what a format has no use for is refused" {
	scan
	refused() { # WORDS OPTION...
		local words=$1
		shift
		run cdrreport -d n.db "$@"
		[ "$status" -eq 2 ]
		[ "$output" = "cdrreport: $words" ]
	}
	refused "text has no use for --columns; csv tsv have" --columns entity
	refused "text has no use for --csv-safe; csv tsv mail have" --csv-safe
	refused "text has no use for --to; mail has" --to ops@example.net
	refused "html has no use for --subject; mail has" -f html --subject x
	refused "json has no use for --attach; mail has" -f json --attach csv
	refused "html has no use for --width; text mail have" -f html --width 100
	refused "csv has no use for --detail; text html mail have" -f csv --detail low
	refused "tsv has no use for --from; mail has" -f tsv --from ops@example.net
	cdrreport -d n.db -f mail --attach csv --csv-safe --detail low --width 90 \
		--to ops@example.net --from cdr@example.net --subject x -o m.eml
	cdrreport -d n.db --detail low --width 90 -o r.txt
}

@test "--fail-on speaks of what was shown" {
	scan
	run cdrreport -d n.db --new --fail-on critical
	[ "$status" -eq 1 ]
	run cdrreport -d n.db --new --fail-on critical --skip-empty
	[ "$status" -eq 0 ]
}
