#!/bin/sh
# install.sh install|uninstall    with BUILD, PREFIX and DESTDIR in the
# environment: programs, manual pages, rules and samples, what a shell and a
# service manager want.
set -eu
cd "$(dirname "$0")/.."
bin=$DESTDIR$PREFIX/bin
data=$DESTDIR$PREFIX/share/cdrguard
man=$DESTDIR$PREFIX/share/man
completions=$DESTDIR$PREFIX/share/bash-completion/completions
units=$DESTDIR$PREFIX/lib/systemd/system
users=$DESTDIR$PREFIX/lib/sysusers.d
examples=$DESTDIR$PREFIX/share/doc/cdrguard/examples
STATEDIR=${STATEDIR-/var/lib/cdrguard}

# A file of packaging/ with the places of this installation.
place() { # MODE FILE TARGET
	install -d "${3%/*}"
	sed "s|@BINDIR@|$PREFIX/bin|g; s|@DATADIR@|$PREFIX/share/cdrguard|g; s|@STATEDIR@|$STATEDIR|g" \
		"packaging/$2" >"$3"
	chmod "$1" "$3"
}

unit_files="cdrguard-scan.service cdrguard-report.service cdrguard-scan.timer"

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
	install -d "$completions"
	for p in cdrscan cdrrules cdrreport; do
		"$BUILD/$p" --completion >"$completions/$p"
		chmod 644 "$completions/$p"
	done
	for unit in $unit_files; do
		place 644 "systemd/$unit" "$units/$unit"
	done
	place 644 systemd/cdrguard.sysusers "$users/cdrguard.conf"
	place 755 check-cdrguard.sh "$data/check-cdrguard.sh"
	# What belongs into /etc is for the administrator to put there.
	place 644 cdrguard.cron "$examples/cdrguard.cron"
	place 644 cdrguard.logrotate "$examples/cdrguard.logrotate"
	;;
uninstall)
	for p in cdrscan cdrrules cdrreport; do
		rm -f "$bin/$p" "$completions/$p"
	done
	for unit in $unit_files; do
		rm -f "$units/$unit"
	done
	rm -f "$users/cdrguard.conf"
	rm -rf "$data" "$examples"
	rmdir "${examples%/*}" 2>/dev/null || true
	for page in man/*.[0-9]; do
		rm -f "$man/man${page##*.}/${page##*/}"
	done
	;;
*)
	echo "usage: install.sh install|uninstall" >&2
	exit 2
	;;
esac
