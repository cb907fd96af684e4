#!/usr/bin/env python3
"""make bench: how fast and how large, beside tools a user would pick instead.

    bench/run.py [RECORDS] [ROUNDS]     (default 1000000 records, 5 rounds)

All commands read the same generated Asterisk file.  They run in turn, A B C,
A B C ..., because these figures drift with whatever else a machine does; what
is printed is the median of each, and its ratio to cdrscan in the same run.

What the rules cost is what a run with them takes longer than one that only
reads, round by round; of these shares, too, the median is printed.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("BUILD", "build")
RECORDS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
COLUMNS = 18
READING = "cdrscan, reading alone"
FOUR = ["call-rate", "high-risk-country", "known-bad-number", "long-call"]


def timed(command, cwd):
    """Wall seconds, processor seconds and peak KiB of one run."""
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.chdir(cwd)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.execvp(command[0], command)
    _, status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - began
    if os.waitstatus_to_exitcode(status) not in (0, 3):
        sys.exit(f"bench: failed: {' '.join(command)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def forty():
    """Forty of the shipped rules, spread over the catalogue."""
    listed = subprocess.run(
        [f"{BUILD}/cdrrules", "list", "--no-config", "-f", "json"],
        stdout=subprocess.PIPE, check=True, text=True)
    ids = sorted(r["id"] for r in json.loads(listed.stdout)
                 if r["standing"] != "private")
    return [ids[i * len(ids) // 40] for i in range(40)]


def chosen(rules):
    return [word for rule in rules for word in ("-r", rule)]


def contenders(work, file):
    scan = os.path.abspath(f"{BUILD}/cdrscan")
    plain = [scan, "--no-config", "-q"]
    columns = ",".join(f"c{i}" for i in range(COLUMNS))

    yield "cdrscan, all rules", [*plain, file]
    yield "cdrscan, forty rules", [*plain, *chosen(forty()), file]
    yield "cdrscan, four rules", [*plain, *chosen(FOUR), file]
    # One rule there must be: this one asks for records that are no calls.
    yield READING, [*plain, "-r", "feed-gap", file]
    yield "cdrscan, with a store", [
        "sh", "-c", 'rm -f n.db*; exec "$@"', "sh", scan, "--no-config", "-q",
        "-d", "n.db", file]
    if shutil.which("sqlite3"):
        yield "sqlite3 .import", [
            "sh", "-c", 'rm -f i.db; exec sqlite3 i.db "create table c'
            f'({columns})" ".mode csv" ".import $1 c"', "sh", file]
    yield "wc -l", ["wc", "-l", file]


def rule_costs(runs):
    """What rules take, wall and processor, as a share of reading alone."""
    print(f"\n{'of reading alone':24}{'seconds':>8}{'core-s':>8}")
    for name in ("four", "forty", "all"):
        shares = [[(t - r) / r for t, r in zip(took[:2], read[:2])]
                  for took, read in zip(runs[f"cdrscan, {name} rules"],
                                        runs[READING])]
        wall, cpu = (statistics.median(c) for c in zip(*shares))
        print(f"{name + ' rules':24}{wall:8.2f}{cpu:8.2f}")
    whole = [[a / f for a, f in zip(all_[:2], four[:2])] for all_, four in
             zip(runs["cdrscan, all rules"], runs["cdrscan, four rules"])]
    wall, cpu = (statistics.median(c) for c in zip(*whole))
    print(f"{'all rules of four, whole':24}{wall:8.2f}{cpu:8.2f}")


def allocations(file):
    """Allocations of a scan, by the counter in bench/mallocs.c."""
    counter = os.path.abspath(f"{BUILD}/bench/mallocs.so")
    result = subprocess.run(
        [f"{BUILD}/cdrscan", "--no-config", "-q", "-r", "known-bad-number", file],
        env=dict(os.environ, LD_PRELOAD=counter),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return int(result.stderr.rsplit("allocations: ", 1)[1])


def generate(path, n):
    with open(path, "wb") as f:
        subprocess.run([f"{BUILD}/bench/gencdr", str(n)], stdout=f, check=True)


def main():
    with tempfile.TemporaryDirectory() as work:
        file, small = f"{work}/Master.csv", f"{work}/small.csv"
        generate(file, RECORDS)
        generate(small, RECORDS // 10)
        rows = list(contenders(work, file))
        runs = {name: [] for name, _ in rows}
        for round_ in range(ROUNDS + 1):
            for name, command in rows:
                figures = timed(command, work)
                if round_ > 0:  # the first warms the page cache
                    runs[name].append(figures)
        size = os.path.getsize(file) / 1e6
        base = statistics.median(r[0] for r in runs[rows[0][0]])
        print(f"{RECORDS} records, {size:.0f} MB, {os.cpu_count()} cores, "
              f"median of {ROUNDS} alternating runs")
        print(f"{'':24}{'seconds':>8}{'core-s':>8}{'records/s':>11}"
              f"{'peak MB':>9}{'of cdrscan':>12}")
        for name, _ in rows:
            wall, cpu, peak = (statistics.median(c) for c in zip(*runs[name]))
            print(f"{name:24}{wall:8.2f}{cpu:8.2f}{RECORDS / wall:11.0f}"
                  f"{peak / 1024:9.0f}{wall / base:12.2f}")
        rule_costs(runs)
        more = allocations(file) - allocations(small)
        print(f"allocations per further record: "
              f"{more / (RECORDS - RECORDS // 10):.4f}")


main()
