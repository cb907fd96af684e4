"""What a store holds, to be compared with what another does.  A copy is looked
at: whoever opens a store brings it in order, which is for our programs to do."""
import contextlib
import os
import re
import shutil
import sqlite3
import tempfile

import blocks

# A run that failed leaves a line of its own; where a file can be read on is
# known only of one that could be looked at to its end.
NOT_COMPARED = {"failures", "seams"}
# What a file looked like, which makes that it is not read again.
PRINT = ("size", "mtime", "nhead", "head", "tail")
# How a run ended is known once it printed, and judged apart.
LEFT_OUT = {"files": PRINT, "runs": ("status",)}


@contextlib.contextmanager
def opened(path):
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "copy.db")
        for end in ("", "-wal", "-journal"):
            if os.path.exists(path + end):
                shutil.copy(path + end, copy + end)
        with contextlib.closing(sqlite3.connect(copy)) as db:
            yield db


def columns_of(db, table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def rows_of(db, table):
    wanted = [c for c in columns_of(db, table) if c not in LEFT_OUT.get(table, ())]
    rows = map(repr, db.execute(f"SELECT {', '.join(wanted)} FROM {table}"))
    # A text that was deleted has a random one in its place.
    return sorted(re.sub(r"'free [0-9A-F]+'", "free", row) for row in rows)


def content(path):
    """Everything that a store holds; it must be whole."""
    with opened(path) as db:
        check = db.execute("PRAGMA integrity_check").fetchone()[0]
        if check != "ok":
            raise AssertionError(f"integrity_check: {check}")
        lost = db.execute("PRAGMA foreign_key_check").fetchall()
        if lost:
            raise AssertionError(f"foreign_key_check: {lost}")
        tables = db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        held = {t: rows_of(db, t) for (t,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'") if t not in NOT_COMPARED}
        version = db.execute("PRAGMA user_version").fetchone()
        return held | {"the schema": [str(version)] + [repr(t) for t in tables]}


def prints(path):
    """What a store knows of how files look, and of where they can be read on;
    of some it may know nothing."""
    with opened(path) as db:
        known = [c for c in columns_of(db, "files") if c in PRINT]
        rows = db.execute(f"SELECT path, member, {', '.join(known)} FROM files"
                          " WHERE size > 0").fetchall() if known else []
        if columns_of(db, "seams"):
            rows += db.execute("SELECT path, member, seams.* FROM seams"
                               " JOIN files ON files.id = file")
        return set(rows)


def last_run(path):
    """How the latest run ended, and how many files and records it read; None
    where that is not known."""
    with opened(path) as db:
        status = "status" if "status" in columns_of(db, "runs") else "NULL"
        row = columns_of(db, "runs") and db.execute(
            f"SELECT {status}, body ->> '$.counts.files', body ->> '$.counts.records'"
            " FROM runs ORDER BY id DESC").fetchone()
        return row or (None, None, None)


def difference(now, want):
    """Two contents, in words."""
    for table in sorted(set(now) | set(want)):
        a, b = now.get(table, []), want.get(table, [])
        if a != b:
            return (f"{table}: too much: {[r for r in a if r not in b][:2]}"[:700] +
                    f" missing: {[r for r in b if r not in a][:2]}"[:700])
    return "nothing differs"


def texts(path):
    """Long ones, which do not stand in another by chance."""
    with opened(path) as db:
        known = db.execute("SELECT text FROM texts") if columns_of(db, "texts") else []
        return {text for (text,) in known if len(text) > 12 and "/" not in text}


def found(path):
    """What is in a store but for what tells in how many runs it got there, and
    that a run could not read everything."""
    with opened(path) as db:
        return [sorted((c["start"], c["key"], c["duration"], c["line"])
                for c in blocks.calls(db) if c["event"] == 0),
            sorted(db.execute("SELECT id, score, first_seen, last_seen FROM findings"
                " WHERE rule != 'feed-quality' AND state != 'closed'"))]
