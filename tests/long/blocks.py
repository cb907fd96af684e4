#!/usr/bin/env python3
"""blocks.py STORE SQL: what a store answers, as sqlite3 says it, if all of its
calls were rows.  They are read out of its blocks by what lib/base/packed.h and
lib/store/store_calls_impl.h say, not by our code."""
import contextlib
import sqlite3
import sys

# Columns of a block in their order; texts of a call's own come last.
NUMBERS = ("start source key cost currency flags file seen src dst forwarded_by dialled account "
    "user trunk_in trunk_out src_name service clue_in auth_code ring duration line direction "
    "status feature cause zone_kind stated event quality clock").split()
OWN = ("call_id", "join_key")
TEXTS = {"source", "currency", "src", "dst", "forwarded_by", "dialled", "account", "user",
    "trunk_in", "trunk_out", "call_id", "join_key", "src_name", "service", "clue_in",
    "auth_code", "file"}
HAS_COST, SEAL = 32, 8


def signed(value):
    value %= 1 << 64
    return value - (1 << 64) if value >> 63 else value


class Bytes:
    """What is left to be read of a block."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        self.at += n
        if self.at > len(self.data):
            raise ValueError("a block is too short")
        return self.data[self.at - n:self.at]

    def numbers(self, n):
        width, unit = self.take(2)
        least = int.from_bytes(self.take(8), "little")
        size = (n * width + 7) // 8
        bits = int.from_bytes(self.take(size), "little")
        self.take(8 if width else 0)
        return [signed(least + (bits >> i * width & (1 << width) - 1) * (1000 if unit else 1))
            for i in range(n)]

    def texts(self, n, like):
        """`like` gives a text that each begins like; None: the one before."""
        shared, rest, (size,) = self.numbers(n), self.numbers(n), self.numbers(1)
        whole, out, at = self.take(size), [], 0
        for i in range(n):
            begin = like[i] if like else out[-1] if out else b""
            out.append(begin[:shared[i]] + whole[at:at + rest[i]])
            at += rest[i]
        return out


def block(data, n, run):
    """The calls of one block."""
    left, own = Bytes(data[:-SEAL]), None
    columns = {name: left.numbers(n) for name in NUMBERS}
    for name in OWN:
        own = left.texts(n, own)
        columns[name] = own
    if left.at != len(left.data):
        raise ValueError("a block is too long")
    for i in range(n):
        call = {name: values[i] for name, values in columns.items()} | {"run": run}
        if not call["flags"] & HAS_COST:
            call["cost"] = None
        yield call


def calls(db):
    """All calls, each as a dict, texts in place of their numbers."""
    texts = dict(db.execute("SELECT id, text FROM texts"))
    packed = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'blocks'").fetchone()
    rows = db.execute("SELECT * FROM calls")
    names = [d[0] for d in rows.description]
    for row in rows:
        call = dict(zip(names, row))
        yield call | {name: texts.get(call[name]) for name in TEXTS & call.keys()}
    for n, run, data in db.execute("SELECT calls, run, data FROM blocks") if packed else ():
        for call in block(data, n, run):
            yield call | {name: call[name].decode() or None if name in OWN else texts.get(call[name])
                for name in TEXTS}


def unpack(db):
    """All calls become rows."""
    every = list(calls(db))
    db.execute("DELETE FROM calls")
    db.executemany("INSERT OR IGNORE INTO texts (text) VALUES (?)",
        {(call[name],) for call in every for name in TEXTS & call.keys() if call[name]})
    numbers = {text: number for number, text in db.execute("SELECT id, text FROM texts")}
    for call in every:
        call |= {name: numbers.get(call[name], 0) for name in TEXTS & call.keys()}
        db.execute(f"INSERT INTO calls ({', '.join(call)}) VALUES ({', '.join('?' * len(call))})",
            list(call.values()))


def main():
    with contextlib.closing(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)) as store, \
            contextlib.closing(sqlite3.connect(":memory:")) as db:
        store.backup(db)
        unpack(db)
        for row in db.execute(sys.argv[2]):
            print(*("" if value is None else value for value in row), sep="|")


if __name__ == "__main__":
    main()
