#!/usr/bin/env bats
# A sample of tests/long/faults.bats: runs and reports whose system calls fail.

bats_require_minimum_version 1.5.0
load common

# What is preloaded must not come before a sanitizer.
preloaded() {
	! grep -q __asan_init "$BUILD_DIR/cdrscan" || skip "not with sanitizers"
	cd "$TOP"
	export PYTHONDONTWRITEBYTECODE=1
}

sample() { # FILE ARGUMENT...
	preloaded
	run python3 "tests/long/$1" "$BUILD_DIR" "$BUILD_DIR/tests/preload" \
		samples/night "${@:2}" "$RANDOM"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "cdrscan: what fails undoes the run, or comes after it" {
	for operation in first sources; do
		sample faults.py "$operation" 2 one 2 ""
	done
}

@test "cdrscan --prune, --forget, --rescore, and an older store: the same" {
	for operation in prune forget rescore migrate-3; do
		sample faults.py "$operation" 2 one 1 ""
	done
}

@test "cdrreport label, close: the same" {
	for operation in label close; do
		sample faults.py "$operation" 2 one 1 ""
	done
}

@test "cdrreport: a cursor never moves past a report that was not delivered" {
	sample faults_report.py "" 2 2
}

@test "waivers, lists, rules and reports: a file is as it was, or whole" {
	sample faults_files.py 1 1
}

@test "cdrreport, and another cdrscan, while a scan runs, and once it was killed" {
	sample faults_readers.py 4
}
