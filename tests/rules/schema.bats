#!/usr/bin/env bats
# The schema of rule files (cdrrules schema) and the program's own checks
# agree: what ships fits, what is broken does not.

bats_require_minimum_version 1.5.0

setup() {
	SCHEMA=$BATS_TEST_TMPDIR/rules.schema.json
	"$BUILD/cdrrules" schema >"$SCHEMA"
}

@test "the shipped files fit the schema" {
	python3 tests/rules/schema.py "$SCHEMA" fits \
		rules/rules.d/*.json rules/lists/*.json rules/calendars/*.json
}

@test "broken rules do not fit it, and cdrrules check refuses them, too" {
	broken=$BATS_TEST_TMPDIR/broken
	mkdir "$broken"
	python3 tests/rules/schema.py "$SCHEMA" breaks \
		rules/rules.d/after-hours.json "$broken"
	count=0
	for file in "$broken"/*.json; do
		run "$BUILD/cdrrules" check "$file"
		[ "$status" -eq 1 ] || { echo "accepted: $file"; false; }
		[[ $output == *"$file":*": error["* ]] || { echo "$file: $output"; false; }
		count=$((count + 1))
	done
	[ "$count" -ge 20 ]
}
