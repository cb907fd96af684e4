#!/bin/sh
# one.sh SUITE/NAME    run one test program or file, for run.sh
#
# Its lines of TAP are kept in $LOGS/SUITE.NAME; what failed is shown whole, and
# of the others what was skipped and the figures that they measured.
set -u
suite=${1%/*} name=${1##*/}
log=$LOGS/$suite.$name

CMOCKA_MESSAGE_OUTPUT=TAP
export CMOCKA_MESSAGE_OUTPUT
case $suite in
unit) "$BUILD/tests/unit/$name" ;;
fuzz) "$BUILD/fuzz/$name" "fuzz/corpus/${name#fuzz_}" ;;
*) bats --tap "tests/$suite/$name" ;;
esac >"$log.raw" 2>&1
status=$?
# cmocka calls a skipped test "not ok N # SKIP name".
sed 's/^not ok \(.*\) # SKIP \(.*\)/ok \1 \2 # skip/' "$log.raw" >"$log.new"

{
	if [ "$status" -ne 0 ]; then
		echo "FAIL $1 (exit $status)"
		grep -v '^ok' "$log.new"
		# A crash before the first "not ok" is a failure, too.
		grep -q '^not ok' "$log.new" ||
			echo "not ok - $name ended with $status" >>"$log.new"
	else
		grep '^ok.*# skip\|^# figures:' "$log.new"
		echo "ok   $1: $(grep -c '^ok' "$log.new")"
	fi
} >"$log.told"
# Whole, whoever else is telling something.
flock "$LOGS" cat "$log.told"
mv "$log.new" "$log"
