#!/bin/sh
# install.sh install|uninstall    with BUILD, PREFIX and DESTDIR in the
# environment: programs, manual pages, rules and samples.
set -eu
cd "$(dirname "$0")/.."
bin=$DESTDIR$PREFIX/bin
data=$DESTDIR$PREFIX/share/cdrguard
man=$DESTDIR$PREFIX/share/man

case ${1-} in
install)
	install -d "$bin" "$data"
	for p in cdrscan cdrrules cdrreport; do
		install -m 755 "$BUILD/$p" "$bin/$p"
	done
	# Data keep their folders: rules/rules.d/x.json -> share/cdrguard/rules.d
	(cd rules && find . -type f ! -name 'make-*') | while read -r f; do
		install -D -m 644 "rules/$f" "$data/$f"
	done
	for page in man/*.[0-9]; do
		install -D -m 644 "$page" "$man/man${page##*.}/${page##*/}"
	done
	;;
uninstall)
	for p in cdrscan cdrrules cdrreport; do
		rm -f "$bin/$p"
	done
	rm -rf "$data"
	for page in man/*.[0-9]; do
		rm -f "$man/man${page##*.}/${page##*/}"
	done
	;;
*)
	echo "usage: install.sh install|uninstall" >&2
	exit 2
	;;
esac
