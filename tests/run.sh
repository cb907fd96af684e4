#!/bin/sh
# run.sh SUITE...    run suites of tests and count them
#
#   unit   cmocka programs in $BUILD/tests/unit, one per module of lib/
#   fuzz   $BUILD/fuzz/fuzz_MODULE over fuzz/corpus/MODULE
#   cli rules man real long    bats files in the folder of that name
#
# As many at a time as there are cores, or JOBS.  tests/one.sh runs each of
# them and tells what came of it; each test is one line of TAP.  The last line
# is "N passed, N failed, N skipped"; the exit status is 1 if any failed.
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${BUILD:-build}
JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
LC_ALL=C.UTF-8 TZ=UTC0
export BUILD LC_ALL TZ
unset CDR_CONFIG CDR_DB CDR_RULES NO_COLOR COLUMNS SOURCE_DATE_EPOCH
# Nobody's own configuration may decide a test.
XDG_CONFIG_HOME=/nonexistent
export XDG_CONFIG_HOME

LOGS=$(mktemp -d) || exit 2
export LOGS
trap 'rm -rf "$LOGS"' EXIT
trap 'exit 130' INT TERM HUP

# The tests of a suite, "SUITE/NAME" each.
tests_of() {
	case $1 in
	unit) set -- unit "$BUILD"/tests/unit/test_* ;;
	fuzz) set -- fuzz "$BUILD"/fuzz/fuzz_* ;;
	*) set -- "$1" tests/"$1"/*.bats ;;
	esac
	suite=$1
	shift
	for t in "$@"; do
		case $t in
		*.bats) [ -f "$t" ] ;;
		*) [ -x "$t" ] ;;
		esac && echo "$suite/${t##*/}"
	done
}

for suite in "$@"; do
	tests_of "$suite"
done >"$LOGS/tests"
xargs -n 1 -P "$JOBS" tests/one.sh <"$LOGS/tests"

while read -r t; do
	cat "$LOGS/$(echo "$t" | tr / .)" ||
		echo "not ok - $t told nothing"
done <"$LOGS/tests" >"$LOGS/all"
passed=$(grep '^ok' "$LOGS/all" | grep -vc '# skip')
failed=$(grep -c '^not ok' "$LOGS/all")
skipped=$(grep -c '^ok.*# skip' "$LOGS/all")
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
