#!/usr/bin/env bats
# All calls of a case, out of the store.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	BUILD_DIR=$(cd "$BUILD" && pwd)
	"$BUILD_DIR/cdrscan" -c samples/night/config.json -d "$BATS_FILE_TMPDIR/n.db" \
		samples/night/Master.csv
}

calls() {
	cdrreport -d "$BATS_FILE_TMPDIR/n.db" calls "$@"
}

worst() {
	cdrreport -d "$BATS_FILE_TMPDIR/n.db" -f json | jq -r '.cases[0].id'
}

fits() {
	(cd "$TOP" && tests/cli/schema.py "$BATS_TEST_TMPDIR/$1")
}

@test "every call of a case, in every format" {
	case=$(worst)
	count=$(cdrreport -d "$BATS_FILE_TMPDIR/n.db" -f json | jq '.cases[0].calls.count')
	[ "$count" -gt 20 ]
	calls "$case" -f ndjson >nd
	[ "$(wc -l <nd)" -eq "$count" ]
	fits nd
	calls "$case" -f json >doc
	[ "$(jq '.calls | length' doc)" -eq "$count" ]
	fits doc
	calls "$case" >text
	[ "$(wc -l <text)" -eq $((count + 2)) ]
	[ "$(sed -n '$p' text | cut -c 1-10)" = 2026-01-15 ]
	calls "$case" -f csv >csv
	python3 - "$count" <<-'PY'
	import csv, json, sys
	rows = list(csv.DictReader(open("csv", newline="", encoding="utf-8")))
	lines = [json.loads(l) for l in open("nd", encoding="utf-8")]
	assert len(rows) == int(sys.argv[1])
	for row, line in zip(rows, lines):
	    line.pop("schema")
	    assert {k: v for k, v in row.items() if v} == {k: str(v) for k, v in line.items()}, row
	PY
	# All evidence of the case is among them.
	cdrreport -d "$BATS_FILE_TMPDIR/n.db" -f json "$case" |
		jq -r '.findings[].evidence[].call_id' | sort -u >evidence
	jq -r .call_id nd | sort -u | comm -13 - evidence >missing
	[ ! -s missing ]
}

@test "a finding, an id of the switch, columns, a limit, hidden digits" {
	finding=$(cdrreport -d "$BATS_FILE_TMPDIR/n.db" -f json | jq -r '.findings[0].id')
	n=$(cdrreport -d "$BATS_FILE_TMPDIR/n.db" -f json | jq '.findings[0].calls.count')
	[ "$(calls "$finding" -f tsv --columns dst | wc -l)" -eq $((n + 1)) ]
	[ "$(calls "$finding" -f tsv --columns call_id,dst --limit 3 | wc -l)" -eq 4 ]
	id=$(calls "$finding" -f tsv --columns call_id --limit 1 | tail -n 1)
	[ "$(calls "$id" -f ndjson | jq -r .call_id)" = "$id" ]
	calls "$finding" -f csv --columns dst,duration_s --csv-safe | grep "^'+53"
	run -1 grep 5375550 <(calls "$finding" -f csv --redact 4)
	calls "$finding" -f csv --redact 4 | grep '+537555xxxx'
	# The report says where the rest is.
	cdrreport -d "$BATS_FILE_TMPDIR/n.db" >report
	grep -q "more calls: cdrreport calls $(worst)" report
}

@test "as recorded" {
	case=$(worst)
	calls "$case" --raw -f ndjson >raw
	fits raw
	calls "$case" --raw -f json >doc
	fits doc
	jq -se 'all(.zone_kind == "local") and all(.dst | startswith("01153"))' raw
	# The record stands where it says, with the clock that it says.
	jq -r '[.line, .stamp, .dst] | @tsv' raw | while IFS=$'\t' read -r line stamp dst; do
		row=$(sed -n "${line}p" "$NIGHT")
		[[ $row == *"\"$dst\""*"\"$stamp\""* ]] || exit 1
	done
	calls "$case" --raw | head -n 1 | grep -w stamp
	run cdrreport -d "$BATS_FILE_TMPDIR/n.db" --raw
	[ "$status" -eq 2 ]
	[[ $output == *"cdrreport calls has"* ]]
}

@test "calls that cannot be listed" {
	refused() { # WORDS OPERAND...
		run calls "${@:2}"
		echo "$output"
		[ "$status" -eq 2 ] && [[ $output == *"$1"* ]]
	}
	case=$(worst)
	refused "no case, finding or call: 'nothing'" nothing
	refused "no such column: 'dts'; did you mean 'dst'?" "$case" --columns dts
	refused "column 'dst' twice" "$case" --columns dst,dst
	refused "no such column: 'stamp'" "$case" --columns stamp
	refused "writes text, json, ndjson, csv or tsv, not 'html'" "$case" -f html
	refused "usage: cdrreport calls"
	# Calls that are gone are said.
	cp "$BATS_FILE_TMPDIR/n.db" gone.db
	sqlite3 gone.db 'delete from calls'
	run --separate-stderr cdrreport -d gone.db calls "$case" -f ndjson
	[ "$status" -eq 3 ]
	[ -z "$output" ]
	[[ $stderr == *"calls are not in the store any more"* ]]
	# A store from before it knew them.
	sqlite3 gone.db 'delete from members; delete from packed_members'
	run cdrreport -d gone.db calls "$case"
	[ "$status" -eq 2 ]
	[[ $output == *"scan once more"* ]]
}
