#!/usr/bin/env bats
# What tests/cli/nights.bats does, for longer.

bats_require_minimum_version 1.5.0

random_nights() { # PROGRAMS
	seed=${NIGHTS_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	echo "# figures: NIGHTS_SEED=$seed" >&3
	run env PYTHONDONTWRITEBYTECODE=1 python3 tests/long/increments.py "$1" \
		tests/long/reading.json "${NIGHTS_ROUNDS:-1000}" "$seed"
	grep '^figures:' <<<"$output" | sed 's/^/# /' >&3
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "random nights, in any order and cut anywhere, find what one scan finds" {
	random_nights "$BUILD"
}

@test "the same where all but a few calls stand packed" {
	random_nights "$BUILD/tests/small"
}
