#!/usr/bin/env bats
# What a report selects by must be there; a typing error is not "all clear".

bats_require_minimum_version 1.5.0
load common

scan() {
	cdrscan -c "$CONFIG" -d n.db "$NIGHT" >/dev/null 2>&1
}

# warned WORDS ARGUMENT...: exactly this on standard error, and status 0.
warned() {
	local words=$1
	shift
	run --separate-stderr cdrreport -d n.db "$@"
	[ "$status" -eq 0 ]
	[ "$stderr" = "${words:+cdrreport: warning: $words}" ] || {
		echo "$* says: $stderr"
		return 1
	}
}

@test "rules, types and accounts that nothing is known of" {
	scan
	warned "--rule: no such rule: 'known-bad-nubmer'; did you mean 'known-bad-number'?" \
		--rule known-bad-nubmer
	[[ $output == *"No case to show."* ]]
	warned "--rule: no such rule: 'xyz*'" --rule 'known-*' --rule 'xyz*'
	[[ $output == *"1 case to look at"* ]]
	warned "--fraud-type: no rule has it: 'local-typo'" --fraud-type local-typo
	warned "--account: no finding or call of it: '2077'; did you mean '207'?" \
		--account 2077
	warned "--account: no finding or call of it: 'Z*'" --account 'Z*'
	warned "--rule: no such rule: 'nope'" --now 2026-01-16 lockout --rule nope
	# the same where they are read from
	cdrscan -q -c "$CONFIG" -f ndjson "$NIGHT" >f.ndjson 2>/dev/null || true
	run --separate-stderr cdrreport --rule nope - <f.ndjson
	[ "$status" -eq 0 ]
	[ "$stderr" = "cdrreport: warning: --rule: no such rule: 'nope'" ]
}

@test "what is there, and has nothing to show, is no warning" {
	scan
	warned "" --rule 'wangiri*'
	[[ $output == *"No case to show."* ]]
	warned "" --rule wangiri-call-back-block
	warned "" --fraud-type wangiri
	warned "" --state fraud
	# an account that calls and of whom nothing was found, a site of quiet ones
	warned "" --account 203
	warned "" --account '20?'
	warned "" --account '203@berlin'
	warned "" --account '*@berlin'
	warned "" --account '+1800*'
	warned "" --now 2026-01-16 lockout --rule 'known-*' --account 207
	# and who wants no words gets none
	run --separate-stderr cdrreport -q -d n.db --rule nope
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
}

@test "types of fraud and states that are none are errors" {
	scan
	local words="--fraud-type: no such type: 'wangrii'; did you mean 'wangiri'?"
	for command in "" lockout; do
		# shellcheck disable=SC2086
		run cdrreport -d n.db $command --fraud-type wangrii
		[ "$status" -eq 2 ]
		[ "$output" = "cdrreport: $words" ]
	done
	run cdrreport -d n.db --state opened
	[ "$status" -eq 2 ]
	[[ $output == *"--state: one of open|acknowledged|fraud|benign|closed is needed: 'opened'"* ]]
}
