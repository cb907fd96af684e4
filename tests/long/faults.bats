#!/usr/bin/env bats
# The store when the machine fails: each system call in turn, a kill, a log
# without its tail, a disk that is full.

bats_require_minimum_version 1.5.0

faults() { # OPERATION MOST KILLS
	seed=${FAULTS_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	echo "# figures: FAULTS_SEED=$seed" >&3
	run python3 tests/long/faults.py "$BUILD/cdrscan" "$BUILD/tests/preload/fail.so" \
		samples/night "$1" "${FAULTS_MOST:-$2}" "${FAULTS_KILLS:-$3}" "$seed"
	grep '^figures:' <<<"$output" | sed 's/^/# /' >&3
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "scan: reads, writes, syncs, renames that fail; kills; a log without its tail" {
	faults scan 0 200
}

@test "--prune: the same" {
	faults prune 60 60
}

@test "--forget: the same" {
	faults forget 60 60
}

@test "--rescore: the same" {
	faults rescore 60 60
}

@test "readers while a scan runs, and once it was killed" {
	seed=${FAULTS_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	echo "# figures: FAULTS_SEED=$seed" >&3
	run python3 tests/long/faults_readers.py "$BUILD" "$BUILD/tests/preload/fail.so" \
		samples/night "${FAULTS_MOST:-100}" "$seed"
	grep '^figures:' <<<"$output" | sed 's/^/# /' >&3
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a cursor never moves past a report that was not delivered" {
	seed=${FAULTS_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	echo "# figures: FAULTS_SEED=$seed" >&3
	disk=
	if [ "$(id -u)" -eq 0 ]; then
		disk=$BATS_TEST_TMPDIR/disk
		mkdir "$disk"
		if mount -t tmpfs -o size=64k tmpfs "$disk" 2>/dev/null; then
			trap 'umount "$disk"' EXIT
		else
			disk=
		fi
	fi
	run python3 tests/long/faults_report.py "$BUILD" "$BUILD/tests/preload/fail.so" \
		samples/night "$disk" "${FAULTS_MOST:-0}" "${FAULTS_KILLS:-200}" "$seed"
	grep '^figures:' <<<"$output" | sed 's/^/# /' >&3
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a disk of every size that is too small" {
	[ "$(id -u)" -eq 0 ] || skip "only root can mount a small disk"
	disk=$BATS_TEST_TMPDIR/disk
	mkdir "$disk"
	mount -t tmpfs -o size=64k tmpfs "$disk" 2>/dev/null || skip "cannot mount a small disk"
	trap 'umount "$disk"' EXIT
	umount "$disk"
	full=0 done=0
	for ((kb = 8; done < 3; kb += 12)); do
		mount -t tmpfs -o "size=${kb}k" tmpfs "$disk"
		run "$BUILD/cdrscan" -c samples/night/config.json --now 2026-02-01 \
			-d "$disk/n.db" samples/night/Master.csv
		echo "$kb KB: $status $output"
		case $status in
		0) done=$((done + 1)) ;;
		2)
			full=$((full + 1))
			[ "$done" -eq 0 ]
			[[ $output == *full* || $output == *"No space left"* ]]
			# What there is, is whole: before the run, an empty store.
			if [ -s "$disk/n.db" ]; then
				cp "$disk"/n.db* "$BATS_TEST_TMPDIR"
				db=$BATS_TEST_TMPDIR/n.db
				[ "$(sqlite3 "$db" 'PRAGMA integrity_check')" = ok ]
				[ -z "$(sqlite3 "$db" 'SELECT * FROM calls' 2>/dev/null)" ]
			fi
			;;
		*) false ;;
		esac
		umount "$disk"
		rm -f "$BATS_TEST_TMPDIR"/n.db*
	done
	echo "# figures: $full disks too small" >&3
	[ "$full" -gt 10 ]
}
