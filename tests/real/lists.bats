#!/usr/bin/env bats
# A day of complaints of the FTC's do-not-call list becomes a number list.

bats_require_minimum_version 1.5.0

setup() {
	TOP=$PWD
	FTC=$(echo "$TOP"/../shared/data/ftc_dnc_20210707/*.csv)
	[ -f "$FTC" ] || skip "no complaints of the FTC in $TOP/../shared/data"
	PATH=$(cd "$BUILD" && pwd):$PATH
	cd "$BATS_TEST_TMPDIR" || exit 1
}

@test "the complaints of a day import with one command" {
	echo '{ "cdrconfig": 1, "home_country": "US" }' >us.json
	run --separate-stderr cdrrules lists import -c us.json "$FTC" --name ftc -o ftc.json \
		--map value=Company_Phone_Number,added=Created_Date,note=Subject
	[ "$status" -eq 3 ]
	echo "# figures: $stderr" >&3
	# As many different numbers as there are with ten digits that can be.
	[ "$(jq '.lists.ftc.values | length' ftc.json)" -gt 11000 ]
	jq -e '.lists.ftc.values | all(.value | test("^\\+[0-9]{8,15}$"))' ftc.json
	run cdrrules check ftc.json
	[ "$status" -eq 0 ]
}
