#!/bin/sh
# deps.sh libraries          say which library is missing, by name and package
# deps.sh install build      install the Debian packages that building needs
# deps.sh install check      and those that the tests need
# deps.sh install bench      and those that are measured beside us
#
# As root it installs; otherwise it prints the one command to run and fails.
set -eu

# header-or-command, what it is, Debian package
build_needs='
cc:- C_compiler gcc
pkg-config:- pkg-config pkg-config
csv.h libcsv libcsv-dev
sqlite3.h SQLite libsqlite3-dev
pcre2.h PCRE2 libpcre2-dev
cjson/cJSON.h cJSON libcjson-dev
expat.h expat libexpat1-dev
archive.h libarchive libarchive-dev
zlib.h zlib zlib1g-dev
xxhash.h xxHash libxxhash-dev
libical/ical.h libical libical-dev
/usr/share/zoneinfo/Europe/Berlin time_zones tzdata
libc.h:- C_library libc6-dev
'
check_needs='
cmocka.h cmocka libcmocka-dev
bats:- bats bats
jq:- jq jq
/usr/sbin/logrotate logrotate logrotate
script:- script bsdutils
mandoc:- mandoc mandoc
sqlite3:- sqlite3 sqlite3
python3:- Python python3
/usr/lib/python3/dist-packages/jsonschema python3-jsonschema python3-jsonschema
msmtp:- msmtp msmtp
s-nail:- s-nail s-nail
'
bench_needs='
python3:- Python python3
sqlite3:- sqlite3 sqlite3
mawk:- mawk mawk
mlr:- Miller miller
node:- Node.js nodejs
npm:- npm npm
'

# Is it there?  A name with ":-" is a command, one with a leading slash a
# file, anything else a header the compiler must find.
have() {
	case $1 in
	libc.h:-) set -- stdio.h ;;
	cc:-) set -- "${CC:-cc}:-" ;;
	esac
	case $1 in
	*:-) command -v "${1%:-}" >/dev/null 2>&1 ;;
	/*) [ -e "$1" ] ;;
	*) printf '#include <stdio.h>\n#define PCRE2_CODE_UNIT_WIDTH 8\n#include <%s>\n' "$1" |
		"${CC:-cc}" -E -x c - >/dev/null 2>&1 ;;
	esac
}

missing_packages() {
	echo "$1" | while read -r probe _ package; do
		[ -n "$probe" ] || continue
		have "$probe" || echo "$package"
	done
}

case ${1-} in
libraries)
	missing=$(missing_packages "$build_needs")
	[ -n "$missing" ] || exit 0
	echo "$build_needs" | while read -r probe what package; do
		[ -n "$probe" ] || continue
		have "$probe" ||
			echo "missing: $(echo "$what" | tr _ ' ') (Debian package $package)" >&2
	done
	echo "make: run 'make deps' as root, or: apt-get install $(echo "$missing" | tr '\n' ' ')" >&2
	exit 1
	;;
install)
	needs=$build_needs
	[ "${2-}" = check ] && needs="$build_needs$check_needs"
	[ "${2-}" = bench ] && needs="$build_needs$bench_needs"
	missing=$(missing_packages "$needs" | tr '\n' ' ')
	[ -n "$missing" ] || exit 0
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
		echo "missing packages; run: sudo apt-get install $missing" >&2
		exit 1
	fi
	echo "installing: $missing" >&2
	export DEBIAN_FRONTEND=noninteractive
	apt-get -qq update >&2
	# shellcheck disable=SC2086  # a list of words
	apt-get -qq -y --no-install-recommends install $missing >&2
	;;
*)
	echo "usage: deps.sh libraries | install build|check|bench" >&2
	exit 2
	;;
esac
