# What every file of tests/cli begins with: paths, a scratch folder, and the
# programs as a person would call them.
setup() {
	TOP=$PWD
	BUILD_DIR=$(cd "$BUILD" && pwd)
	PATH=$BUILD_DIR:$PATH
	NIGHT=$TOP/samples/night/Master.csv
	CONFIG=$TOP/samples/night/config.json
	cd "$BATS_TEST_TMPDIR" || exit 1
}

# Findings and cases of an NDJSON file, without what may differ between two
# looks at the same calls: places in files, and what the store knew before.
same_findings() {
	jq -cS 'select(.schema != "cdr.run/1") |
	    del(.evidence[]?.line, .evidence[]?.file, .state)' "$1"
}

# What sqlite3 says of a store, were all of its calls rows of the table `calls`.
ask() { # STORE SQL
	PYTHONDONTWRITEBYTECODE=1 python3 "$TOP/tests/long/blocks.py" "$1" "$2"
}

# All that a store holds, in one line; that a run failed is told apart.
content() { # STORE
	sqlite3 "$1" .dump | grep -v '^INSERT INTO failures ' | sha256sum
}
