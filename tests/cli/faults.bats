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

sample() { # OPERATION
	preloaded
	run python3 tests/long/faults.py "$BUILD_DIR/cdrscan" \
		"$BUILD_DIR/tests/preload/fail.so" samples/night "$1" 2 2 "$RANDOM"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "cdrscan: what fails undoes the run, or comes after it" {
	sample scan
}

@test "cdrscan --prune, --forget, --rescore: the same" {
	for operation in prune forget rescore; do
		sample "$operation"
	done
}

@test "cdrreport: a cursor never moves past a report that was not delivered" {
	preloaded
	run python3 tests/long/faults_report.py "$BUILD_DIR" \
		"$BUILD_DIR/tests/preload/fail.so" samples/night "" 2 2 "$RANDOM"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "cdrreport while a scan runs, and once it was killed" {
	preloaded
	run python3 tests/long/faults_readers.py "$BUILD_DIR" \
		"$BUILD_DIR/tests/preload/fail.so" samples/night 5 "$RANDOM"
	echo "$output"
	[ "$status" -eq 0 ]
}
