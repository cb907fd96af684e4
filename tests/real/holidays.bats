#!/usr/bin/env bats
# Public holidays of six countries as an iCalendar file: every one is closed,
# every other weekday is open.

bats_require_minimum_version 1.5.0

setup() {
	TOP=$PWD
	DAYS=$TOP/../shared/data/holidays/public_holidays_2025_2027.csv
	[ -f "$DAYS" ] || skip "no list of public holidays in $DAYS"
	PATH=$(cd "$BUILD" && pwd):$PATH
	cd "$BATS_TEST_TMPDIR" || exit 1
}

@test "each public holiday is a closed day, the others are open" {
	python3 - "$DAYS" <<-'EOF'
		import csv, datetime, json, sys
		rows = [r for r in csv.DictReader(open(sys.argv[1])) if r["country"] == "DE"]
		closed = {r["date"] for r in rows}
		with open("holidays.ics", "w") as f:
		    f.write("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
		    for i, r in enumerate(rows):
		        f.write("BEGIN:VEVENT\r\nUID:%d\r\nSUMMARY:%s\r\nDTSTART;VALUE=DATE:%s\r\n"
		            "END:VEVENT\r\n" % (i, r["name"], r["date"].replace("-", "")))
		    f.write("END:VCALENDAR\r\n")
		day, calls = datetime.date(2025, 1, 1), []
		while day.year < 2028:
		    calls.append(str(day))
		    day += datetime.timedelta(1)
		def call(d):
		    return {"start": d + "T10:00:00", "account": d}
		def rule(name, inside, days):
		    return {"id": name, "version": 1, "title": "t", "description": "d",
		        "status": "test", "fraud_type": "irsf", "family": "time", "score": 9,
		        "match": {"time": {inside: "site"}}, "by": ["account"],
		        "waiver_needs": ["account"], "tests": [{"name": "days",
		            "calls": [call(d) for d in calls],
		            "expect": [{"by": {"account": d}} for d in days]}]}
		json.dump({"cdrrules": 1, "calendars": {"site": {"tz": "UTC",
		    "open": {"mon-sun": ["08:00-18:00"]}, "ics": "holidays.ics"}},
		    "rules": [rule("local-closed", "outside", sorted(closed)),
		        rule("local-open", "inside", [d for d in calls if d not in closed])]},
		    open("rules.json", "w"))
		print("# figures: %d holidays, %d days" % (len(closed), len(calls)))
	EOF
	run cdrrules test --no-config rules.json
	[ "$status" -eq 0 ]
	[[ $output == "2 tests, 2 passed, 0 failed" ]]
}
