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

# What is found now, as cdrreport says it.
found() { # STORE
	cdrreport --no-config -d "$1" --min-score 0 --since 2000-01-01 \
		--state open -f ndjson | jq -c 'select(.state != "closed")' >"$1.out"
	same_findings "$1.out"
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
	[ "$(sqlite3 n.db 'select count(*) from calls where event = 0')" -eq \
		"$({ records 1 30; records 1 30 nodeb; } | wc -l)" ]
	{ records 1 30; records 1 30 nodeb; } >whole.csv
	jq '.db = "w.db" | .sources[0].files = ["whole.csv"]' c.json >w.json
	cdrscan -c w.json -R rules.d --now "$(at 30)"
	diff <(found n.db) <(found w.db)
	[ "$(sqlite3 n.db 'pragma integrity_check')" = ok ]
}
