#!/usr/bin/env bats
# cdrscan --number and --check-config: questions about the settings.

bats_require_minimum_version 1.5.0
load common

# Two sites, one with a dial plan of its own.
two_sites() {
	cat >two.json <<-'END'
		{ "cdrconfig": 1, "home_country": "US", "tz": "America/New_York",
		  "sources": [
		    { "name": "chicago", "files": ["chicago.csv"] },
		    { "name": "ulm", "home_country": "DE", "tz": "Europe/Berlin",
		      "dialplan": { "outside": ["0"], "area": "0731",
		                    "extensions": "[2-5]\\d{2}" },
		      "files": ["ulm*.csv"] } ] }
	END
	touch chicago.csv ulm1.csv ulm2.csv
}

# The lines of one source, up to the next one's.
of_source() { # NAME
	awk -v name="$1" '/^[^ ]/ { on = $0 ~ name } on' <<<"$output"
}

@test "--number: each source reads the same text its own way" {
	two_sites
	run --separate-stderr cdrscan -c two.json --number '0 0044 20 7946 0987'
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	# The top level and a source that adds nothing to it share their lines.
	[[ ${lines[0]} == "default, chicago: home country US" ]]
	[[ $(of_source '^ulm: home country DE') == *"dialled: +442079460987, ok
    cleaned: 00044207946098"*"outside line 0
    international prefix 00: country code 44"*"GB, fixed, international"* ]]
	[[ $(of_source ^default) == *"dialled: 00044"*", invalid"*"fits nothing"* ]]
}

@test "--number: short numbers, words, nothing" {
	two_sites
	run cdrscan -c two.json --number 211
	[[ $(of_source ^default) == *"dialled: 211, ok"*"211 is of kind service"* ]]
	[[ $(of_source ^ulm) == *"dialled: 211, internal"*"an extension, as configured"* ]]
	run cdrscan -c two.json --number 0112
	[[ $(of_source ^ulm) == *"dialled: 112, ok"*"112 is of kind emergency"* ]]
	run cdrscan -c two.json --number s
	[[ $output == *"a word: a place inside the switch"* ]]
	run cdrscan -c two.json --number ''
	[ "$status" -eq 0 ]
	[[ $output == *"dialled: nothing, missing"*"no number"* ]]
}

@test "--number: without a country it says so and reads what is the same everywhere" {
	run cdrscan --no-config --number +442079460987
	[ "$status" -eq 0 ]
	[[ $output == "default: no home country is stated"*"+442079460987, ok"*"GB, fixed"* ]]
}

@test "--number: what cannot be shown is not shown" {
	run cdrscan --no-config --number $'\e[31m5550142'
	[ "$status" -eq 0 ]
	[[ $output != *$'\e'* ]]
}

@test "--number and --check-config read no files" {
	run cdrscan --no-config --number 9 1 312
	[ "$status" -eq 2 ]
	[[ $output == *"--number reads no files: '1'"* ]]
	run cdrscan --no-config --check-config "$NIGHT"
	[ "$status" -eq 2 ]
	[[ $output == *"--check-config reads no files: '$NIGHT'"* ]]
}

@test "--check-config: zones, numbers, files and lists of each source" {
	two_sites
	run --separate-stderr cdrscan -c two.json --check-config --now 2026-02-01
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	ulm=$(of_source '^source ulm')
	[[ $ulm == *"zone      Europe/Berlin: CET +01:00, from 2026-03-29 03:00:00 CEST +02:00"* ]]
	[[ $ulm == *"extensions [2-5]\d{2}, trunks 0, services 0"* ]]
	[[ $ulm == *"/ulm*.csv: 2"* ]]
	[[ $ulm =~ "dialled   0110 "+"110, DE, emergency" ]]
	[[ $ulm =~ "dialled   00013125550142 "+"+13125550142, US, fixed-or-mobile, international" ]]
	[[ $(of_source '^source chicago') == *"EST -05:00, from 2026-03-08 03:00:00 EDT -04:00"* ]]
	[[ $output == *"list known-bad: 3 entries, the newest of 2026-01-01 (31 days ago), the next expires 2031-01-01"* ]]
}

@test "--check-config: own numbers are read as inside" {
	run cdrscan -c "$CONFIG" --check-config
	[ "$status" -eq 0 ]
	[[ $output =~ "dialled   13125550140 "+"+13125550140, US, inside" ]]
	[[ $output =~ "received  +18005550199 "+"+18005550199, US, inside" ]]
}

@test "--check-config: what is odd is a warning and exit 1" {
	two_sites
	rm chicago.csv
	run cdrscan -c two.json --check-config
	[ "$status" -eq 1 ]
	[[ $output == *"warning: source 'chicago': no such file: '"*"/chicago.csv'"* ]]

	sed 's/"\[2-5\][^"]*"/"\\\\d+"/' two.json >greedy.json
	touch chicago.csv
	run cdrscan -c greedy.json --check-config
	[ "$status" -eq 1 ]
	[[ $output == *"warning: source 'ulm': 00013125550142 is read as '00013125550142' when dialled, not as +13125550142"* ]]

	run cdrscan --no-config --check-config --now 2031-01-01
	[ "$status" -eq 1 ]
	[[ $output == *"warning: list 'known-bad': no entry is in force"* ]]

	cat >closed.json <<-'END'
		{ "cdrconfig": 1, "tz": "UTC", "calendars": {
		  "business-hours": { "open": { "mon": ["08:00-12:00"] },
		                      "closed": ["2026-02-02"] } } }
	END
	run cdrscan -c closed.json --check-config --now 2026-02-01
	[ "$status" -eq 1 ]
	[[ $output == *"calendar 'business-hours' is closed for the coming 7 days"* ]]
	[[ $output == *"closed    1 date, 1 of them from today on"* ]]
}

@test "--check-config: what cannot be is exit 2, with its place" {
	echo '{ "cdrconfig": 1, "tz": "Europe/Berlinn" }' >zone.json
	run cdrscan -c zone.json --check-config
	[ "$status" -eq 2 ]
	[[ $output == *"zone.json:1:"*"E208"* ]]
	echo '{ "cdrconfig": 1, "dialplan": { "extensions": "[2-5" } }' >pattern.json
	run cdrscan -c pattern.json --check-config
	[ "$status" -eq 2 ]
	[[ $output == *"pattern.json:1:"*"extensions"* ]]
}

@test "a comment in the configuration is told, and no comma with it" {
	printf '{"cdrconfig": 1, // the firm\n}\n' >c.json
	run -2 cdrscan -c c.json --check-config
	[[ $output == *"c.json:1:18: error[E105]: comments are not JSON"* ]]
	[[ $output != *E106* && $output != *"put text"* ]]
}

@test "what is wrong in the configuration is told where it stands" {
	cat >c.json <<-'END'
		{ "cdrconfig": 1, "home_country": "us",
		  "dialplan": { "domestic": ["CA", "pr"] } }
	END
	run -2 cdrscan -c c.json --check-config
	[[ $output == "cdrscan: c.json:1:35: error[E209]: default: home_country: no such country: 'us'"*'^^^^ did you mean "US"?' ]]
	sed -i 's/"us"/"US"/' c.json
	run -2 cdrscan -c c.json --check-config
	[[ $output == "cdrscan: c.json:2:36: error[E209]: default: domestic: no such country: 'pr'"*'^^^^ did you mean "PR"?' ]]
	sed -i 's/"pr"/"PR"/' c.json
	cdrscan -c c.json --check-config >out

	# Files and folders that are not there, all of them.
	mkdir there.d
	cat >c.json <<-'END'
		{ "cdrconfig": 1, "rules": ["none.d", "there.d"] }
	END
	for program in "cdrscan $NIGHT" 'cdrrules list'; do
		# shellcheck disable=SC2086
		run -2 ${program%% *} -c c.json ${program#* }
		[[ $output == *": c.json:1:29: error[E101]: cannot read '$PWD/none.d'"*"^^^^^^^^ No such file"* ]]
		[ "$(grep -c error <<<"$output")" -eq 1 ]
	done
	cat >c.json <<-'END'
		{ "cdrconfig": 1, "directory": "d.csv",
		  "rates": "r.csv" }
	END
	run -2 cdrscan -c c.json "$NIGHT"
	[[ $output == "cdrscan: c.json:1:32: error[E101]: cannot read '$PWD/d.csv'"*"c.json:2:12: error[E101]: cannot read '$PWD/r.csv'"* ]]
}
