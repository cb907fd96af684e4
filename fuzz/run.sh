#!/bin/sh
# run.sh [MODULE...]    let libFuzzer look for inputs that break a target
#
# BUILD has the targets (make fuzz builds them), FUZZ_SECONDS is for each of
# them.  What it finds interesting is kept in $BUILD/corpus, what breaks
# something in $BUILD/found: once that is mended, it belongs to fuzz/corpus.
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${BUILD:-build-fuzz}
seconds=${FUZZ_SECONDS:-10}
mkdir -p "$BUILD/found" || exit 2
failed=0

# Look for as long as asked; the log tells what came of it.
look() {
	mkdir -p "$BUILD/corpus/$1"
	"$BUILD/fuzz/fuzz_$1" -max_total_time="$seconds" -timeout=10 \
		-rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$BUILD/found/$1-" -dict="fuzz/$1.dict" \
		"$BUILD/corpus/$1" "fuzz/corpus/$1" >"$2" 2>&1
}

if [ $# -eq 0 ]; then
	for target in fuzz/fuzz_*.c; do
		target=${target#fuzz/fuzz_}
		set -- "$@" "${target%.c}"
	done
fi
for module in "$@"; do
	log=$BUILD/fuzz_$module.log
	if look "$module" "$log"; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		echo "ok   $module: $runs runs"
	else
		failed=$((failed + 1))
		echo "FAIL $module: see $log"
		grep -a 'Assertion\|ERROR:\|runtime error\|written to' "$log"
	fi
done
[ "$failed" -eq 0 ]
