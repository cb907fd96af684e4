#!/usr/bin/env bats
# What README.md shows, works; what it and its neighbours name, exists.

load common
load session

@test "the session of README.md" {
	run_session "$TOP/README.md"
}

# Paths, and files at the top, that a document names outside its sessions.
named_files() { # FILE
	awk '/^```/ { on = !on; next } !on' "$1" |
		grep -oE '[A-Za-z0-9_.-]+(/[A-Za-z0-9_.*-]+)+/?|[a-z]+/|[A-Z]{2,}\.md|LICENSE' |
		sort -u
}

@test "every file that README.md and its neighbours name exists" {
	for doc in README.md SECURITY.md CHANGELOG.md; do
		named_files "$TOP/$doc" >names
		while read -r name; do
			case $name in PWD/build) continue ;; esac
			echo "$doc: $name"
			[ -e "$TOP/$name" ]
		done <names
	done
	named_files "$TOP/README.md" >names
	[ "$(wc -l <names)" -gt 20 ]
}

@test "every target of make that README.md names exists" {
	grep -oE '(^ +|`)make [a-z-]+' "$TOP/README.md" | awk '{ print $NF }' | sort -u >targets
	[ "$(wc -l <targets)" -gt 3 ]
	while read -r target; do
		echo "$target"
		grep -q "^$target:" "$TOP/Makefile"
	done <targets
}

@test "every option that README.md names is one of its program" {
	grep -oE '`cdr(scan|report|rules)[^`]* --[a-z-]+' "$TOP/README.md" |
		sed -E 's/^`([a-z]+) .*(--[a-z-]+)$/\1 \2/' | sort -u >options
	[ "$(wc -l <options)" -gt 3 ]
	while read -r program option; do
		echo "$program $option"
		"$program" --help | grep -qE -e "$option( |=|,|\\[|$)"
	done <options
}

@test "every page, and every folder of the top, is in README.md" {
	for page in "$TOP"/man/*; do
		grep -q "man/${page##*/}" "$TOP/README.md"
	done
	for dir in cdrscan cdrreport cdrrules lib rules samples man tests packaging; do
		[ -d "$TOP/$dir" ]
		grep -q "^    $dir/" "$TOP/README.md"
	done
}

@test "the store and written files have mode 0600, as SECURITY.md says" {
	umask 022
	sed '5s/,489,476,/,489,47x,/' samples/clean-day.csv >damaged.csv
	run cdrscan -d s.db --rejects rejects.csv damaged.csv
	[ "$status" -eq 3 ]
	cdrscan -q -f ndjson -o out.ndjson samples/night/Master.csv
	for file in s.db s.db.lock rejects.csv out.ndjson; do
		echo "$file"
		[ "$(stat -c %a $file)" = 600 ]
	done
}
