#!/usr/bin/env bats
# When the machine fails: each system call in turn, a kill, no power, a disk that
# is full, a mailer that does not do it.

bats_require_minimum_version 1.5.0

# A small disk in "disk", where we may have one.
small_disk() {
	disk=
	[ "$(id -u)" -eq 0 ] || return 0
	mkdir "$BATS_TEST_TMPDIR/disk"
	if mount -t tmpfs -o size=16m tmpfs "$BATS_TEST_TMPDIR/disk" 2>/dev/null; then
		disk=$BATS_TEST_TMPDIR/disk
	fi
}

# Not by a trap: bats tells of a test by its own.
teardown() {
	[ -z "${disk:-}" ] || umount "$disk"
}

run_python() { # FILE ARGUMENT...
	seed=${FAULTS_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	echo "# figures: FAULTS_SEED=$seed" >&3
	run env PYTHONDONTWRITEBYTECODE=1 python3 "tests/long/$1" "${PROGRAMS:-$BUILD}" \
		"$BUILD/tests/preload" samples/night "${@:2}" "$seed"
	grep '^figures:' <<<"$output" | sed 's/^/# /' >&3
	echo "$output"
	[ "$status" -eq 0 ]
}

faults() { # OPERATION WAYS KILLS
	small_disk
	run_python faults.py "$1" "${FAULTS_MOST:-0}" "$2" "${FAULTS_KILLS:-$3}" "$disk"
}

several() { # WAYS KILLS OPERATION...
	for operation in "${@:3}"; do
		faults "$operation" "$1" "$2"
		[ -z "$disk" ] || { umount "$disk" && rmdir "$disk"; }
		disk=
	done
}

@test "scan: reads, writes, syncs, renames that fail; kills; no power; a full disk" {
	faults scan all 200
}

@test "a scan of what the configuration names: the same" {
	faults sources one 60
}

@test "a scan of a file that grew: the same" {
	faults grown all 60
}

@test "the first scan of a store: the same" {
	faults first one 60
}

@test "both on several threads, a store of many packed blocks: the same" {
	PROGRAMS=$BUILD/tests/small several one 60 first-3 scan-3
}

@test "--prune: the same" {
	faults prune one 60
}

@test "--forget: the same" {
	faults forget one 60
}

@test "--rescore: the same" {
	faults rescore one 60
}

@test "stores of older schemas: the same" {
	several one 60 migrate-1 migrate-2 migrate-3 migrate-4 migrate-5 \
		migrate-6 migrate-7 migrate-8 migrate-9
}

@test "label, ack, close: the same" {
	several all 60 label ack close
}

@test "reports, and a second scan, while a scan runs, and once it was killed" {
	run_python faults_readers.py "${FAULTS_MOST:-100}"
}

@test "a cursor never moves past a report that was not delivered" {
	small_disk
	run_python faults_report.py "$disk" "${FAULTS_MOST:-0}" "${FAULTS_KILLS:-200}"
}

@test "waivers, lists, rules, reports: as they were, or as they are to be" {
	run_python faults_files.py "${FAULTS_MOST:-0}" "${FAULTS_KILLS:-200}"
}
