#!/bin/sh
# run.sh SUITE...    run suites of tests and count them
#
#   unit   cmocka programs in $BUILD/tests/unit, one per module of lib/
#   fuzz   $BUILD/fuzz/fuzz_MODULE over fuzz/corpus/MODULE
#   cli rules man real long    bats files in the folder of that name
#
# Each test is one line of TAP; what failed is shown whole, and of the others
# what was skipped and the figures that they measured.  The last line is
# "N passed, N failed, N skipped"; the exit status is 1 if any failed.
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${BUILD:-build}
export BUILD
LC_ALL=C.UTF-8 TZ=UTC0
export LC_ALL TZ
unset CDR_CONFIG CDR_DB CDR_RULES NO_COLOR COLUMNS SOURCE_DATE_EPOCH
# Nobody's own configuration may decide a test.
XDG_CONFIG_HOME=/nonexistent
export XDG_CONFIG_HOME

log=$(mktemp) one=$(mktemp) || exit 2
trap 'rm -f "$log" "$one" "$one.raw"' EXIT

# Run one test program or file that speaks TAP; keep its lines.
run_tap() {
	name=$1
	shift
	# cmocka calls a skipped test "not ok N # SKIP name".
	"$@" >"$one.raw" 2>&1
	status=$?
	sed 's/^not ok \(.*\) # SKIP \(.*\)/ok \1 \2 # skip/' "$one.raw" >"$one"
	cat "$one" >>"$log"
	if [ "$status" -ne 0 ]; then
		echo "FAIL $name (exit $status)"
		grep -v '^ok' "$one"
		# A crash before the first "not ok" is a failure, too.
		grep -q '^not ok' "$one" || echo "not ok - $name ended with $status" >>"$log"
	else
		grep '^ok.*# skip\|^# figures:' "$one"
		echo "ok   $name: $(grep -c '^ok' "$one")"
	fi
}

for suite in "$@"; do
	case $suite in
	unit)
		for t in "$BUILD"/tests/unit/test_*; do
			[ -x "$t" ] || continue
			CMOCKA_MESSAGE_OUTPUT=TAP run_tap "${t##*/}" "$t"
		done
		;;
	fuzz)
		for t in "$BUILD"/fuzz/fuzz_*; do
			[ -x "$t" ] || continue
			run_tap "${t##*/}" "$t" "fuzz/corpus/${t##*/fuzz_}"
		done
		;;
	*)
		for t in tests/"$suite"/*.bats; do
			[ -f "$t" ] && run_tap "$t" bats --tap "$t"
		done
		;;
	esac
done

passed=$(grep '^ok' "$log" | grep -vc '# skip')
failed=$(grep -c '^not ok' "$log")
skipped=$(grep -c '^ok.*# skip' "$log")
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
