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
	for operation in first first-3 sources grown; do
		sample faults.py "$operation" 2 one 2 ""
	done
}

@test "cdrscan --prune, --forget, --rescore, and an older store: the same" {
	for operation in prune forget rescore migrate-3 migrate-7; do
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

# A scan of a log that grew to so many lines, with what is to fail.
scan_grown() { # LINES [NAME=VALUE]...
	head -n "$1" "$TOP/samples/night/Master.csv" >grown.csv
	run env "${@:2}" cdrscan -c config.json -d n.db --threads 1 --now 2026-01-17T06:00Z
}

# Each read and open of the log fails, once or from then on.  A store that takes
# it for another log does so for good, and it is read from its start every night.
@test "a log that grew is known again, whatever of it could not be read once" {
	preloaded
	cd "$BATS_TEST_TMPDIR"
	jq '.sources = [{ name: "pbx", files: ["grown.csv"] }]' "$CONFIG" >config.json
	scan_grown 150
	[ "$status" -eq 0 ]
	cp n.db before.db
	failures=0
	for how in 1 ""; do
		for kind in read open; do
			for at in {1..30}; do
				rm -f n.db* && cp before.db n.db
				scan_grown 250 LD_PRELOAD="$BUILD_DIR/tests/preload/fail.so" \
					FAIL_FILE=grown.csv FAIL_KIND=$kind FAIL_HOW=EIO FAIL_AT=$at \
					FAIL_ONCE=$how FAIL_COUNT=count
				echo "$kind $at ${how:+once }: $status $output"
				[ "$(<count)" -ge "$at" ] || break
				failures=$((failures + 1))
				[ "$status" -eq 0 ] || [[ $output == *"grown.csv: Input/output error"* ]]
				scan_grown 356
				[ "$status" -eq 0 ]
				[ "$(sqlite3 n.db "SELECT count(*), sum(stop = size AND prefix <> '')
				    FROM files JOIN seams ON file = id")" = "1|1" ]
				[ "$(ask n.db "SELECT count(*) FROM calls WHERE event = 0")" -eq 356 ]
			done
		done
	done
	[ "$failures" -gt 20 ]
}
