#!/usr/bin/env bats
# cdrreport --sort: cases, the rows of tables, calls, runs.

bats_require_minimum_version 1.5.0
load common

scan() {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT" >/dev/null 2>&1
}

# refused WORDS ARGUMENT...
refused() {
	local words=$1
	shift
	run cdrreport -d n.db "$@"
	[ "$status" -eq 2 ]
	[[ $output == "cdrreport: --sort: $words" ]] || {
		echo "$output"
		return 1
	}
}

@test "cases by their fields, in every format of cases" {
	scan
	cdrreport -d n.db -f json -o r.json
	for field in score calls duration_s first_seen last_seen; do
		case $field in
		score) key=.score ;;
		calls) key=.calls.count ;;
		duration_s) key=.calls.duration_s ;;
		*) key=.$field ;;
		esac
		jq -c "[.cases | sort_by($key)[] | .id]" r.json >expected
		cdrreport -d n.db -f json --sort $field | jq -c '[.cases[].id]' >got
		diff expected got
		jq -c "[.cases | sort_by($key) | reverse[] | .id]" r.json >expected
		cdrreport -d n.db -f json --sort -$field | jq -c '[.cases[].id]' >got
		diff expected got
	done
	# the limit counts in this order
	[ "$(cdrreport -d n.db -f json --sort score --limit 1 | jq -r '.cases[].score')" \
		= "$(jq '[.cases[].score] | min' r.json)" ]
	cdrreport -d n.db --sort entity --detail low >r.txt
	grep -E '^ +[0-9]+ ' r.txt | head -n 1 | grep -q '+1646555'
	cdrreport -d n.db -f html --sort entity --detail low >r.html
	[ "$(grep -oE '\+18005550199|\+1646555|>207<' r.html | head -n 1)" \
		= +1646555 ]
	# text and findings are the same set
	cdrreport -d n.db -f ndjson --sort -calls | sort >a
	cdrreport -d n.db -f ndjson | sort >b
	diff a b
}

@test "the rows of csv and tsv by any column" {
	scan
	cdrreport -d n.db -f csv -o r.csv
	cat >check.py <<-'EOF'
	import csv, subprocess
	rows = list(csv.DictReader(open("r.csv", newline="", encoding="utf-8")))
	numbers = {"case_score", "score", "points", "rule_version", "calls",
	    "duration_s", "cost"}
	levels = ["info", "low", "medium", "high", "critical"]
	def key(r, c):
	    if c in numbers:
	        return float(r[c])
	    if c == "severity":
	        return levels.index(r[c])
	    return r[c].encode()
	for c in rows[0]:
	    there = [r for r in rows if r[c] != ""]
	    rest = [r["finding"] for r in rows if r[c] == ""]
	    for sign in "", "-":
	        out = subprocess.run(["cdrreport", "-d", "n.db", "-f", "csv",
	            "--sort", sign + c], capture_output=True, check=True,
	            text=True, encoding="utf-8").stdout
	        got = [r["finding"] for r in csv.DictReader(out.splitlines())]
	        # sorted() keeps equals as they were, reversed or not
	        want = sorted(there, key=lambda r: key(r, c), reverse=sign == "-")
	        assert got == [r["finding"] for r in want] + rest, (c, sign)
	EOF
	python3 check.py
	# what cases have, too, says which of them a limit leaves
	cdrreport -d n.db -f tsv --columns entity --sort calls --limit 1 |
		sed 1d | sort -u >got
	[ "$(cat got)" = +1646555 ]
}

@test "calls and runs" {
	scan
	local case
	case=$(cdrreport -d n.db -f json 207 | jq -r '.cases[0].id')
	cdrreport -d n.db calls "$case" -f json -o c.json
	jq -c '[.calls | sort_by(.duration_s) | reverse[].duration_s][:5]' c.json >expected
	cdrreport -d n.db calls "$case" -f json --sort -duration_s --limit 5 |
		jq -c '[.calls[].duration_s]' >got
	diff expected got
	cdrreport -d n.db calls "$case" -f tsv --columns dst --sort dst |
		sed 1d >got
	LC_ALL=C sort -c got
	cdrreport -d n.db calls "$case" --raw -f ndjson --sort -start |
		jq -r .start >got
	LC_ALL=C sort -r got | diff - got
	tail -n 1 "$NIGHT" >more.csv
	cdrscan -q -c "$CONFIG" -d n.db more.csv || true
	[ "$(cdrreport -d n.db runs -f ndjson --sort -calls | jq -c '[.counts.stored] ' | head -n 1)" = '[356]' ]
	[ "$(cdrreport -d n.db runs -f ndjson --sort calls --limit 1 | jq .counts.stored)" = 0 ]
}

@test "a field that is none is an error that names the nearest" {
	scan
	refused "no such field of cases: 'scroe'; did you mean 'score'?" --sort scroe
	refused "no such field of cases: 'rule'" --sort rule
	refused "no such field of cases: ''" --sort ''
	refused "no such field of cases: '-score'; did you mean 'score'?" --sort --score
	refused "no such column: 'ruel'; did you mean 'rule'?" -f csv --sort -ruel
	refused "no such field of runs: 'bagan'; did you mean 'began'?" runs --sort bagan
	refused "no such column: 'dts'; did you mean 'dst'?" calls \
		"$(cdrreport -d n.db -f json 207 | jq -r '.cases[0].id')" --sort dts
	run cdrreport -d n.db lockout --sort score
	[ "$status" -eq 2 ]
}
