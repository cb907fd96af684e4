#!/usr/bin/env python3
"""What is in a mailbox, a line a thing, as an independent reader sees it.

    read.py MAILBOX

For each message its subject, its addresses, and each part with its type, its
size and its file name; ends with status 1 if anything in it is not as it
should be.
"""

import email.policy
import mailbox
import sys


def read(m):
    bad = list(m.defects)
    print("subject:", m["subject"])
    print("to:", m["to"])
    # a mail program may leave out what plain text does not need
    needed = ["date", "message-id"] + ["mime-version"] * m.is_multipart()
    for name in needed:
        if m[name] is None:
            bad.append(f"no {name}")
    for part in m.walk():
        bad += part.defects
        if part.is_multipart():
            print("part:", part.get_content_type())
            continue
        content = part.get_content()
        print("part:", part.get_content_type(), part.get_filename() or "-")
        if not content.strip():
            bad.append("an empty part")
        if part.get_content_type() == "text/html" and not (
            content.startswith("<!DOCTYPE html>")
            and content.rstrip().endswith("</html>")
        ):
            bad.append("no whole document")
    return bad


box = mailbox.mbox(
    sys.argv[1],
    factory=lambda f: email.message_from_binary_file(
        f, policy=email.policy.default
    ),
)
faults = [fault for m in box for fault in read(m)]
print("messages:", len(box))
for fault in faults:
    print("fault:", repr(fault))
sys.exit(1 if faults else 0)
