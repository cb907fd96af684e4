# What every file of tests/man begins with: the project's root, a scratch
# folder with the samples, the programs as a person would call them.
setup() {
	TOP=$PWD
	MAN=$TOP/man
	PATH=$(cd "$BUILD" && pwd):$PATH
	cd "$BATS_TEST_TMPDIR" || exit 1
	ln -s "$TOP/samples" samples
}

PROGRAMS='cdrscan cdrrules cdrreport'

# The source of a page between one .Sh and the next.
section() { # PAGE NAME
	awk -v name="$2" '/^\.Sh / { on = substr($0, 5) == name; next } on' "$1"
}

# What the macro lines `.MACRO a , b` and `.It MACRO a , b` of a page set, a
# word a line.
marked() { # MACRO PAGE
	sed -n "s/^\\.\\(It \\)\\{0,1\\}$1 //p" "$2" |
		tr ' ' '\n' | grep '[A-Za-z0-9]' | sort -u
}

# The same for `.It MACRO` alone: what has an entry of its own.
entries() { # MACRO PAGE
	sed -n "s/^\\.It $1 //p" "$2" |
		tr ' ' '\n' | grep '[A-Za-z0-9]' | sort -u
}

# Lines that only one of two sorted files has, for people; fails if any.
same_lines() { # WHAT-LEFT LEFT WHAT-RIGHT RIGHT
	comm -23 "$2" "$4" | sed "s|^|only in $1: |"
	comm -13 "$2" "$4" | sed "s|^|only in $3: |"
	cmp -s "$2" "$4"
}

# Lines of the first sorted file that the second does not have; fails if any.
all_in() { # WHAT LEFT WHERE RIGHT
	! comm -23 "$2" "$4" | sed "s|^|$1 that $3 does not have: |" | grep .
}
