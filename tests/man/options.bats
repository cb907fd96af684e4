#!/usr/bin/env bats
# --help, the manual page and the parser name the same options, both ways.

load common

# "type t LAYOUT", one line an option: long name, letter or -, argument or -.
help_options() { # PROGRAM
	"$1" --help | sed -n '
		s/^  -\(.\), --\([a-z-]*\) \{1,\}\(.*\)$/\2 \1 \3/p
		s/^      --\([a-z-]*\) \{1,\}\(.*\)$/\1 - \2/p' |
		awk '{ arg = $3 ~ /^[A-Z][A-Z|%]*$/ ? $3 : "-"; print $1, $2, arg }' | sort
}

# The same from `.It Fl t , Fl -type , Fl -layout Ar LAYOUT`.
page_options() { # PROGRAM
	sed -n 's/^\.It Fl /Fl /p' "$MAN/$1.1" | awk '{
		letter = arg = "-"
		n = 0
		for (i = 1; i <= NF; i++) {
			if ($i == "Fl" && $(i + 1) ~ /^-/)
				name[++n] = substr($(i + 1), 2)
			else if ($i == "Fl")
				letter = $(i + 1)
			else if ($i == "Ar" && arg == "-") {
				arg = ""
				for (k = i + 1; k <= NF; k++)
					if ($k != "Ns" && $k != "Ar")
						arg = arg $k
			}
		}
		for (i = 1; i <= n; i++)
			print name[i], i == 1 ? letter : "-", arg
	}' | sort
}

# A value that an option with this name and argument takes.
value_for() { # PROGRAM NAME
	"$1" --"$2"=? --help 2>&1 >/dev/null |
		sed -n 's/.*one of \([a-z0-9-]*\)[| ].*/\1/p; s/.*number from \([0-9]*\) .*/\1/p'
}

@test "the options of --help and of the page are the same" {
	for p in $PROGRAMS; do
		help_options "$p" >help
		page_options "$p" >page
		[ "$(wc -l <help)" -gt 10 ]
		same_lines "$p --help" help "man/$p.1" page
	done
}

@test "the options of a page stand in the order of their names" {
	for p in $PROGRAMS; do
		sed -n 's/^\.It \(Fl . , \)\{0,1\}Fl -\([a-z-]*\).*/\2/p' "$MAN/$p.1" >names
		[ "$(wc -l <names)" -gt 10 ]
		LC_ALL=C sort -c names
	done
}

@test "the parser takes every option of the page" {
	for p in $PROGRAMS; do
		page_options "$p" >page
		while read -r name letter arg; do
			value=
			if [ "$arg" != - ]; then
				value=$(value_for "$p" "$name")
				value="=${value:-x}"
			fi
			echo "$p --$name$value"
			"$p" "--$name$value" --help >/dev/null
			[ "$letter" = - ] || "$p" "-$letter${value#=}" --help >/dev/null
		done <page
	done
}

@test "the parser wants an argument where the page has one, and only there" {
	for p in $PROGRAMS; do
		page_options "$p" >page
		while read -r name letter arg; do
			case $name in help | version) continue ;; esac
			if [ "$arg" = - ]; then
				run "$p" "--$name=x" --help
			else
				run "$p" "--$name"
			fi
			echo "$p --$name: $output"
			[ "$status" -eq 2 ]
			[[ $output == *"--$name "*" value"* ]]
		done <page
	done
}

@test "the parser takes no other letter" {
	for p in $PROGRAMS; do
		page_options "$p" | awk '$2 != "-" { print $2 }' | sort >letters
		printf '%s\n' {a..z} {A..Z} {0..9} | sort | comm -23 - letters >others
		while read -r letter; do
			run "$p" "-$letter" --help
			echo "$p -$letter: $output"
			[ "$status" -eq 2 ]
			[[ $output == *"unknown option: '-$letter'"* ]]
		done <others
	done
}

@test "the parser takes no option of another program" {
	for p in $PROGRAMS; do page_options "$p"; done | cut -d' ' -f1 | sort -u >all
	for p in $PROGRAMS; do
		page_options "$p" | cut -d' ' -f1 | sort -u >own
		comm -23 all own >others
		[ -s others ]
		while read -r name; do
			# --rule is short for --rules where there is no --rule.
			! grep -q "^$name" own || continue
			run "$p" "--$name"
			echo "$p --$name: $output"
			[ "$status" -eq 2 ]
			[[ $output == *"unknown option"* ]]
		done <others
	done
}

@test "the words that an option takes are in its entry" {
	for p in $PROGRAMS; do
		page_options "$p" | awk '$3 != "-" { print $1 }' >names
		while read -r name; do
			words=$("$p" --"$name"=? --help 2>&1 >/dev/null |
				sed -n 's/.*one of \([a-z|-]*\) is needed.*/\1/p')
			[ -n "$words" ] || continue
			awk -v name="$name" '
				/^\.It / { on = index($0 " ", "Fl -" name " ") > 0 }
				on && /^\.Cm / { for (i = 2; i <= NF; i++) print $i }' \
				"$MAN/$p.1" | grep '[a-z]' | sort >page
			printf '%s\n' "$words" | tr '|' '\n' | sort >parser
			# "With auto, which is the default" names one twice.
			sort -u -o page page
			echo "$p --$name"
			same_lines "the parser" parser "man/$p.1" page
		done <names
	done
}

@test "SYNOPSIS is the usage line" {
	for p in $PROGRAMS; do
		usage=$("$p" --help | sed -n '1s/^usage: //p')
		synopsis=$(mandoc -T ascii "$MAN/$p.1" | sed 's/.\x08//g' |
			awk '/^[A-Z]/ { on = $0 == "SYNOPSIS"; next } on' | tr -s ' \n' ' ' |
			sed 's/^ //; s/ $//')
		echo "usage:    $usage"
		echo "SYNOPSIS: $synopsis"
		[ -n "$usage" ]
		[ "$usage" = "$synopsis" ]
	done
}

@test "the commands of cdrrules: page, --help and parser" {
	cdrrules --help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p' | sort >help
	entries Cm "$MAN/cdrrules.1" | grep '^[a-z]*$' | sort >page
	[ "$(wc -l <help)" -gt 3 ]
	same_lines "cdrrules --help" help man/cdrrules.1 page
	while read -r command; do
		run cdrrules "$command" a b c
		[[ $output != *"unknown command"* ]]
	done <help
	run cdrrules shows
	[ "$status" -eq 2 ]
	[[ $output == *"unknown command: 'shows'; did you mean 'show'?"* ]]
}

@test "every page has its sections, in order" {
	for page in "$MAN"/*.1; do
		grep '^\.Sh ' "$page" | grep -v CAVEATS | tr '\n' ';' >got
		echo "$page $(cat got)"
		grep -q '^.Sh NAME;.Sh SYNOPSIS;.Sh DESCRIPTION;.Sh ENVIRONMENT;.Sh FILES;.Sh EXIT STATUS;.Sh EXAMPLES;\(.Sh DIAGNOSTICS;\)\{0,1\}.Sh SEE ALSO;.Sh STANDARDS;$' got
	done
}

@test "pages refer only to pages of ours that are there" {
	grep -h '^\.Xr cdr' "$MAN"/* | awk '{ print $2 "." $3 }' | sort -u >named
	[ -s named ]
	while read -r page; do
		echo "$page"
		[ -f "$MAN/$page" ]
	done <named
}
