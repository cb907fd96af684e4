#!/usr/bin/env bats
# Times without a year: assumed, stated by option or configuration, and over
# the turn of the year.

bats_require_minimum_version 1.5.0
load common

# A layout whose times have no year, and files of it.
yearless() {
	cat >yearless.json <<-'JSON'
	{
	  "cdrlayout": 1, "id": "yearless", "title": "No year",
	  "evidence": "documented", "order": "file", "container": "rows",
	  "delimiter": ",", "quote": null,
	  "columns": ["date", "time", "talk", "from", "to"],
	  "fields": {
	    "start": { "column": [["date", "time"]], "stamp": "%m/%d %H:%M" },
	    "duration": { "column": "talk", "unit": "s" },
	    "src": "from", "dst": "to"
	  },
	  "answered": { "all": [{ "column": "talk", "positive": true }] },
	  "recognise": [{ "time": "start" }]
	}
	JSON
	printf '%s\n' 12/30,23:58,60,201,13125550142 \
		12/31,23:58,180,201,13125550143 \
		01/01,00:02,60,202,13125550144 >turn.csv
	printf '%s\n' 03/01,10:00,60,203,13125550145 >march.csv
}

scan() {
	cdrscan --no-config -t map:yearless.json --tz UTC "$@" 2>err
}

starts() { # STORE
	sqlite3 "$1" <"$TOP/tests/cli/layouts.sql" | cut -d' ' -f2 | sort | tr '\n' ' '
}

@test "the year is assumed, and that is said once a file" {
	yearless
	scan --now 2026-01-20 -d a.db turn.csv march.csv
	[ "$(starts a.db)" = '2025-03-01T10:00:00Z 2025-12-30T23:58:00Z 2025-12-31T23:58:00Z 2026-01-01T00:02:00Z ' ]
	[ "$(grep -c 'no year in the times' err)" -eq 2 ]
	grep -qx 'cdrscan: turn.csv: no year in the times: 2025 and 2026 assumed' err
	grep -qx 'cdrscan: march.csv: no year in the times: 2025 assumed' err
	# The order of the files does not matter.
	scan --now 2026-01-20 -d b.db march.csv turn.csv
	[ "$(starts a.db)" = "$(starts b.db)" ]
	# Nor when it is read again, within a year.
	scan --now 2026-11-20 -d a.db turn.csv
	[ "$(starts a.db)" = "$(starts b.db)" ]
}

@test "a year that is stated is that of the first record" {
	yearless
	scan --now 2026-01-20 --year 2019 -d a.db turn.csv
	[ "$(starts a.db)" = '2019-12-30T23:58:00Z 2019-12-31T23:58:00Z 2020-01-01T00:02:00Z ' ]
	run -1 grep 'no year' err

	cat >config.json <<-JSON
	{ "cdrconfig": 1, "tz": "UTC", "sources": [
	  { "name": "old", "year": 2021, "layout": "map:yearless.json",
	    "files": ["turn.csv"] },
	  { "name": "new", "layout": "map:yearless.json",
	    "files": ["march.csv"] } ] }
	JSON
	cdrscan -c config.json --now 2026-01-20 -d b.db 2>err
	[ "$(starts b.db)" = '2021-12-30T23:58:00Z 2021-12-31T23:58:00Z 2022-01-01T00:02:00Z 2025-03-01T10:00:00Z ' ]
	[ "$(grep -c 'no year' err)" -eq 1 ]
	# The option goes before the configuration.
	cdrscan -c config.json --now 2026-01-20 --year 2023 -d c.db turn.csv
	[ "$(starts c.db)" = '2023-12-30T23:58:00Z 2023-12-31T23:58:00Z 2024-01-01T00:02:00Z ' ]
}

@test "a day that the stated year does not have is a reject" {
	yearless
	echo 02/29,10:00,60,203,13125550146 >>march.csv
	run -3 cdrscan --no-config -t map:yearless.json --tz UTC --year 2023 march.csv
	[[ $output == *"march.csv:2: rejected: date: not a day of that year: '02/29 10:00'"* ]]
	scan --year 2024 -d a.db march.csv
	[ "$(starts a.db)" = '2024-02-29T10:00:00Z 2024-03-01T10:00:00Z ' ]
}

@test "what is no year is refused" {
	for year in 26 1999 10000 x ''; do
		run -2 cdrscan --no-config --year "$year" turn.csv
		[[ $output == *--year* ]]
	done
}
