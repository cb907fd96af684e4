#!/usr/bin/env bats
# --completion: what a shell offers at the place of the cursor.

load common

# What bash offers behind these words; the last is the one being typed.
offered() { # WORD...
	bash -c '
		program=$1
		source <("$program" --completion) || exit 1
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		compopt() { echo "compopt $*"; }
		"_$program"
		((${#COMPREPLY[@]} == 0)) || printf "%s\n" "${COMPREPLY[@]}"
	' bash "$@"
}

@test "every option of --help is offered, and nothing else" {
	for p in cdrscan cdrrules cdrreport; do
		offered "$p" -- | sort >offered
		"$p" --help | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p' | sort >help
		[ "$(wc -l <help)" -gt 10 ]
		diff help offered
	done
}

@test "words of an option, also behind an equals sign" {
	[ "$(offered cdrscan --color a)" = "$(printf 'auto\nalways')" ]
	[ "$(offered cdrscan --color = n)" = never ]
	[ "$(offered cdrscan --color =)" = "$(printf 'auto\nalways\nnever')" ]
	[ "$(offered cdrreport -f j)" = json ]
}

@test "a file is left to the shell; other text has nothing to offer" {
	[ -z "$(offered cdrscan --config con)" ]
	[ "$(offered cdrscan --tz Eur)" = "compopt +o default" ]
	[ -z "$(offered cdrscan Mas)" ]
}

@test "commands come once" {
	[ "$(offered cdrrules sho)" = show ]
	[ "$(offered cdrrules wa)" = "$(printf 'waive\nwaivers')" ]
	[ -z "$(offered cdrrules show sho)" ]
	[ "$(offered cdrrules show --sh)" = --show-config ]
}

@test "the script is one that a shell without a terminal reads" {
	for p in cdrscan cdrrules cdrreport; do
		"$p" --completion >script
		bash -n script
		[ "$(tail -n 1 script)" = "complete -o default -F _$p $p" ]
	done
}

@test "shellcheck has nothing to say" {
	command -v shellcheck >/dev/null || skip "shellcheck is not here"
	for p in cdrscan cdrrules cdrreport; do
		"$p" --completion | shellcheck -s bash -
	done
}
