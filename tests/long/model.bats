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
