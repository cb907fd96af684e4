#!/usr/bin/env bats
# The engine against the model, and against itself in other orders, for longer
# than make check does.

bats_require_minimum_version 1.5.0

@test "the engine says what the model says, however calls were read" {
	MODEL_ROUNDS=${MODEL_ROUNDS:-10000} run "$BUILD/tests/unit/test_detect_model"
	grep -o 'seeds from .*' <<<"$output" | sed 's/^/# figures: /' >&3
	grep '^# figures:' <<<"$output" >&3
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "tuned rules do what the model says, however calls were read" {
	MODEL_ROUNDS=${MODEL_ROUNDS:-10000} run "$BUILD/tests/unit/test_detect_tuned_model"
	grep -o 'seeds from .*' <<<"$output" | sed 's/^/# figures: /' >&3
	grep '^# figures:' <<<"$output" >&3
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "cdrscan finds the same, however records are put into files" {
	seed=${READING_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
	echo "# figures: READING_SEED=$seed" >&3
	run python3 tests/long/reading.py "$BUILD/cdrscan" tests/long/reading.json \
		"${READING_ROUNDS:-1000}" "$seed"
	grep '^figures:' <<<"$output" | sed 's/^/# /' >&3
	echo "$output"
	[ "$status" -eq 0 ]
}
