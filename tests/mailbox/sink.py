#!/usr/bin/env python3
"""An SMTP server for one computer's own tests: what it is given goes into a
mailbox.

    sink.py PORT_FILE MAILBOX

Takes any free port of 127.0.0.1, writes its number to PORT_FILE, and appends
each message to MAILBOX (mbox) before it says that it has it.  Ends by itself
when nobody has come for two minutes.
"""

import email
import mailbox
import os
import socket
import sys


def serve(connection, box):
    lines = connection.makefile("rb")

    def say(text):
        connection.sendall(text.encode("ascii") + b"\r\n")

    say("220 sink")
    for line in lines:
        word = line.split()[0].upper() if line.split() else b""
        if word == b"QUIT":
            say("221 bye")
            return
        if word != b"DATA":
            say("250 sink")
            continue
        say("354 go on")
        data = bytearray()
        for part in lines:
            if part == b".\r\n":
                break
            data += part[1:] if part.startswith(b"..") else part
        too_long = any(len(part) > 1000 for part in data.split(b"\n"))
        if not too_long:
            box.add(email.message_from_bytes(bytes(data)))
            box.flush()
        say("500 line too long" if too_long else "250 kept")


def main(port_file, path):
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(120)
    with open(port_file + ".new", "w", encoding="ascii") as f:
        f.write(f"{server.getsockname()[1]}\n")
    os.rename(port_file + ".new", port_file)
    box = mailbox.mbox(path)
    while True:
        try:
            connection, _ = server.accept()
        except socket.timeout:
            return
        with connection:
            connection.settimeout(20)
            serve(connection, box)


main(*sys.argv[1:])
