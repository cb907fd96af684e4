#!/bin/sh
# embed.sh FOLDER > builtin_files.c    the files of a folder as C arrays
set -eu
cd "$1"
export LC_ALL=C
files=$(find . -type f ! -name 'make-*' | sed 's|^\./||' | sort)
echo '#include "io/builtin.h"'
n=0
for f in $files; do
	echo "static const unsigned char file_${n}[] = {"
	od -An -v -tu1 "$f" | sed 's/  */,/g; s/^,//; s/$/,/'
	echo "0 };"
	n=$((n + 1))
done
echo "const struct builtin_file builtin_files[] = {"
n=0
for f in $files; do
	echo "{ BUILTIN_ROOT \"/$f\", file_$n, sizeof(file_$n) - 1 },"
	n=$((n + 1))
done
echo "};"
echo "const size_t builtin_count = $n;"
