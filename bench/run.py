#!/usr/bin/env python3
"""make bench: how fast and how large, beside tools a user would pick instead.

Settings by environment, or as make variables:

    RECORDS=2000000  of the two tables
    ROUNDS=5         alternating runs; what is shown is their median
    PARTS=           some of: asterisk cucm growth nights (all)
    GROWTH=          records of each step (1/8 to 4 times RECORDS)
    STORE=, NIGHT=   calls that the full store holds, and that a night brings
                     (5 times RECORDS and a twentieth of it)
    THREADS=2        of cdrscan and of DuckDB
    BUILD=build      where the programs are; data is made in BUILD/bench

All commands of a table read the same generated file.  They run in turn,
A B C, A B C ..., because these figures drift with whatever else a machine
does; a ratio is taken within each round, and of these, too, the median is
shown.  What finds the four rules must find the same, or there is no table.

What must hold is judged of 2,000,000 records or more, and of nights of 100,000
or more into a store of 10,000,000 or more: of less the ratios are shown alone.
"""
import os
import shutil
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import run_growth as growth  # noqa: E402
import run_nights as nights  # noqa: E402
import run_table as table  # noqa: E402
from run_measure import Bench  # noqa: E402

PARTS = {
    "asterisk": lambda bench: table.show(bench, "asterisk"),
    "cucm": lambda bench: table.show(bench, "cucm"),
    "growth": growth.show,
    "nights": nights.show,
}


def number(name, default):
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) == 0:
        sys.exit(f"bench: {name}: a number above 0 is needed: '{text}'")
    return int(text)


def numbers(name, default):
    texts = (os.environ.get(name) or "").split()
    if not all(t.isdecimal() and int(t) > 0 for t in texts):
        sys.exit(f"bench: {name}: numbers above 0 are needed")
    return [int(t) for t in texts] or default


def wanted():
    parts = (os.environ.get("PARTS") or "").split() or list(PARTS)
    for part in parts:
        if part not in PARTS:
            sys.exit(f"bench: PARTS: no such part: '{part}'; "
                     f"there are {', '.join(PARTS)}")
    return parts


def main():
    parts = wanted()
    records = number("RECORDS", 2_000_000)
    bench = Bench(build=os.environ.get("BUILD") or "build",
                  records=records,
                  rounds=number("ROUNDS", 5),
                  threads=number("THREADS", 2),
                  growth=numbers("GROWTH", [max(1, records * i // 8) for i in
                                            (1, 2, 4, 8, 16, 32)]),
                  store=number("STORE", records * 5),
                  night=number("NIGHT", max(1, records // 20)))
    print(f"{os.cpu_count()} cores, {bench.threads} threads, load "
          f"{os.getloadavg()[0]:.1f}, median of {bench.rounds} alternating "
          "runs")
    try:
        for part in parts:
            print(flush=True)
            PARTS[part](bench)
    finally:
        shutil.rmtree(bench.work, ignore_errors=True)


main()
