#!/usr/bin/env bats
# HTML reports in a browser, where there is one.

bats_require_minimum_version 1.5.0
load common

setup_file() {
	local name
	for name in chromium chromium-browser google-chrome; do
		if command -v "$name" >/dev/null; then
			export BROWSER=$name
			break
		fi
	done
}

# browse PAGE: the document as the browser has it, and what it complains of.
browse() {
	# Its own folders, not those that tests have as missing.
	HOME=$PWD XDG_CONFIG_HOME=$PWD XDG_CACHE_HOME=$PWD timeout 120 "$BROWSER" --headless=new --no-sandbox --disable-gpu \
		--disable-background-networking --user-data-dir="$PWD/profile" \
		--allow-file-access-from-files --enable-logging=stderr \
		--window-size=1280,1000 --virtual-time-budget=2000 --dump-dom \
		"file://$PWD/$1" 2>"$1.log"
}

@test "no complaint on the console: no script, no request, nothing refused" {
	[ -n "${BROWSER:-}" ] || skip "NO BROWSER: chromium is not installed"
	cdrscan -q -c "$CONFIG" -d n.db "$NIGHT" || true
	cdrreport -c "$CONFIG" -d n.db -f html -o r.html
	browse r.html >dom
	grep -q '</svg>' dom
	run grep CONSOLE r.html.log
	[ "$status" -eq 1 ]
	# the policy holds: what is put in is refused, and told
	sed 's,</body>,<script>document.title="ran"</script>&,' r.html >bad.html
	browse bad.html >dom
	grep -q 'CONSOLE.*Content Security Policy' bad.html.log
	run grep '<title>ran' dom
	[ "$status" -eq 1 ]
}

@test "nothing sticks out at 400 and at 1280 pixels" {
	[ -n "${BROWSER:-}" ] || skip "NO BROWSER: chromium is not installed"
	cdrscan -q -c "$CONFIG" -d n.db "$NIGHT" || true
	cdrreport -c "$CONFIG" -d n.db -f html -o night.html
	local golden=$TOP/tests/unit/golden page width
	cp "$golden"/{currencies,hostile,night-mail}.html .
	for page in night currencies hostile night-mail; do
		for width in 400 1280; do
			cat >frame.html <<-EOF
			<iframe src="$page.html" style="width:${width}px"
			onload="document.title='wide ' +
			this.contentDocument.documentElement.scrollWidth"></iframe>
			EOF
			browse frame.html >dom
			echo "$page at $width: $(grep -o '<title>[^<]*' dom)"
			wide=$(sed -n 's/.*<title>wide \([0-9]*\).*/\1/p' dom)
			[ "$wide" -gt 300 ]
			[ "$wide" -le "$width" ]
		done
	done
}
