# A mailbox of a test's own, and programs that send mail to it.

# From now on `sendmail` and `mail` deliver to the file mailbox; a real mailer
# (msmtp) and a real mail program (s-nail) stand behind them.
mailbox_open() { # TOP
	local here=$PWD waited=0
	mkdir -p mail-bin
	python3 "$1/tests/mailbox/sink.py" "$here/port" "$here/mailbox" 3>&- &
	MAILBOX_PID=$!
	until [ -s port ]; do
		waited=$((waited + 1))
		[ "$waited" -lt 200 ] || return 1
		sleep 0.05
	done
	cat >mail-bin/sendmail <<-EOF
	#!/bin/sh
	exec msmtp -C /dev/null --host=127.0.0.1 --port=$(cat port) \
	    --auth=off --tls=off --from=cdr@example.net "\$@"
	EOF
	cat >mail-bin/mail <<-EOF
	#!/bin/sh
	exec s-nail -n -Smta="$here/mail-bin/sendmail" "\$@"
	EOF
	chmod +x mail-bin/sendmail mail-bin/mail
	PATH=$here/mail-bin:$PATH
}

mailbox_close() {
	[ -z "${MAILBOX_PID-}" ] || kill "$MAILBOX_PID" 2>/dev/null || true
}
