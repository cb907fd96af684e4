#!/usr/bin/env bats
# docs/rules.md says what the shipped rules say.

load common

@test "docs/rules.md is current: make docs writes it" {
	jq -rsf "$TOP/docs/rules.jq" "$TOP"/rules/rules.d/*.json |
		diff -u "$TOP/docs/rules.md" -
}

@test "docs/rules.md has every rule, its title and each of its settings" {
	cdrrules list --no-config -f json >list
	[ "$(jq length list)" -gt 50 ]
	jq -r '.[] | "| [\(.id)](#\(.id)) | \(.title) | \(.score)"' list |
		sort >wanted
	sed -n 's/^\(| \[.*| [0-9]*\)\( to [0-9]*\)\{0,1\} |$/\1/p' \
		"$TOP/docs/rules.md" | sort >there
	diff wanted there
	cdrrules show --no-config wangiri >shown
	sed -n '/^### wangiri$/,/^### /s/^| `\([a-z]*\)` | \([^ ]*\) |.*/\1 = \2 (/p' \
		"$TOP/docs/rules.md" >settings
	[ "$(wc -l <settings)" -eq 3 ]
	while read -r setting; do
		grep -qF "$setting" shown
	done <settings
}
