"""The table: cdrscan and its peers over one file."""
import glob
import json
import os
import subprocess

import run_peers as peers
import run_sql as sql
from run_measure import Bench, Contender, median, ratio, verdict

ALL, FORTY = "cdrscan, all rules", "cdrscan, forty rules"
FOUR, READING = "cdrscan, four rules", "cdrscan, reading alone"
STORE = "cdrscan, all rules, a store"
ARCHIVE = "cdrscan, four rules, a store"
LEAST = 0.001  # seconds; what is less cannot be told from nothing
NOTE = """\
Four rules: {four}.
In SQL: of outgoing calls, accounts with 10 calls abroad within an hour and
these calls; answered calls abroad to a prefix of the list high-risk; calls to
a prefix of the list known-bad; answered calls of three hours.  SQL finds the
rows, groups and calls that cdrscan finds; it does not read numbers under a
dial plan, sort, drop duplicates, join legs, or make cases.  DuckDB is asked
each rule in a statement of its own, as rules are written, and once more all
four in one statement that reads the file once, which somebody has to rewrite
for each set of rules.
With a store all calls are archived, and what the rules find is kept, too.
That of four rules is a store whose site has no other: next to all rules it
shows what archiving alone takes, which is all that the databases do there.
{version}; what it takes for nothing is
taken off its time in the ratios."""


def forty(bench):
    """Forty of the shipped rules, spread over the catalogue."""
    listed = subprocess.run(
        [bench.program("cdrrules"), "list", "--no-config", "-f", "json"],
        stdout=subprocess.PIPE, check=True, text=True)
    ids = sorted(r["id"] for r in json.loads(listed.stdout)
                 if r["standing"] != "private")
    return [ids[i * len(ids) // 40] for i in range(40)]


def chosen(rules):
    return [word for rule in rules for word in ("-r", rule)]


def four_alone(bench):
    """A folder with the four rules alone, as they are shipped: with -r what
    other rules found would be closed, so a store refuses it."""
    rules = []
    for shipped in sorted(glob.glob(f"{sql.TOP}/rules/rules.d/*.json")):
        with open(shipped) as f:
            rules += [r for r in json.load(f)["rules"] if r["id"] in sql.FOUR]
    assert sorted(r["id"] for r in rules) == sorted(sql.FOUR)
    folder = bench.path("four.d")
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/four.json", "w") as f:
        json.dump({"cdrrules": 1, "rules": rules}, f)
    return folder


def scans(bench, path):
    yield Contender(FOUR, bench.scan(*chosen(sql.FOUR), path))
    yield Contender(FORTY, bench.scan(*chosen(forty(bench)), path))
    yield Contender(ALL, bench.scan(path))
    # One rule there must be: this one asks for records that are no calls.
    yield Contender(READING, bench.scan("-r", "feed-gap", path))
    yield Contender(STORE, bench.scan("-d", "ours.db", path),
                    fresh=(bench.path("ours.db"),))
    yield Contender(ARCHIVE, bench.scan("-R", four_alone(bench), "-d",
                                        "four.db", path),
                    fresh=(bench.path("four.db"),))


def put_runs(bench, runs):
    print(f"{'':28}{'seconds':>8}{'core-s':>8}{'records/s':>12}"
          f"{'peak MB':>9}{'of four rules':>15}")
    for name, took in runs.items():
        wall = median(took, "wall")
        print(f"{name:28}{wall:8.2f}{median(took, 'cpu'):8.2f}"
              f"{bench.records / wall:12.0f}{median(took, 'peak'):9.0f}"
              f"{ratio(took, runs[FOUR]):15.2f}")


class Part:
    """Two lists of runs taken together, round by round."""

    def __init__(self, wall, cpu):
        self.wall, self.cpu = wall, cpu


def plus(runs, others, sign=1):
    return [Part(max(a.wall + sign * b.wall, LEAST),
                 max(a.cpu + sign * b.cpu, LEAST))
            for a, b in zip(runs, others)]


def put_ratios(runs, duck, lite, enough):
    def put_ratio(text, runs, others, most=None):
        bound = f"{most:10.2f}" if most else f"{'-':>10}"
        wall = ratio(runs, others)
        said = f"  {verdict(wall, most, enough)}" if most else ""
        print(f"{text:44}{wall:8.2f}{ratio(runs, others, 'cpu'):8.2f}"
              f"{bound}{said}")

    print(f"\n{'ratios':44}{'seconds':>8}{'core-s':>8}{'at most':>10}")
    if duck:
        each = plus(runs[duck.rules], runs[duck.starting], -1)
        once = plus(runs[duck.once], runs[duck.starting], -1)
        made = plus(runs[duck.table], runs[duck.starting], -1)
        put_ratio("four rules / DuckDB", runs[FOUR], each, 1 / 3)
        put_ratio("four rules / DuckDB, all four in one", runs[FOUR], once)
    put_ratio("all rules / four rules", runs[ALL], runs[FOUR], 2)
    for name, what in (STORE, "store"), (ARCHIVE, "archive, four rules"):
        if duck:
            put_ratio(f"{what} / DuckDB, create table as", runs[name], made, 1)
        if lite:
            put_ratio(f"{what} / sqlite3 .import", runs[name],
                      runs[lite.table], 0.5)
    if lite:
        put_ratio("four rules / sqlite3 .import and rules", runs[FOUR],
                  plus(runs[lite.table], runs[lite.rules]))
    put_ratio("store / all rules, no store", runs[STORE], runs[ALL])
    put_ratio("four rules / wc -l (the aim is 6)", runs[FOUR], runs["wc -l"])
    for name in (FOUR, FORTY, ALL):
        put_ratio(f"{name[9:]}, more than reading / reading alone",
                  plus(runs[name], runs[READING], -1), runs[READING])


def allocations(bench, path):
    """Allocations of a scan, by the counter in bench/mallocs.c."""
    run = subprocess.run(
        bench.scan("-r", "known-bad-number", path),
        env=dict(os.environ, LD_PRELOAD=f"{bench.build}/bench/mallocs.so"),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return int(run.stderr.rsplit("allocations: ", 1)[1])


def put_allocations(bench, name, path):
    fewer = max(1, bench.records // 10)
    small = bench.generate("small.csv", fewer, "-l", name)
    more = allocations(bench, path) - allocations(bench, small)
    bench.drop(small)
    print(f"allocations per further record: "
          f"{more / max(1, bench.records - fewer):.4f}")


def show(bench, name):
    path = bench.generate(f"{name}.csv", bench.records, "-l", name)
    layout = sql.layout_of(name, path)
    print(f"{name}: {bench.records} records, "
          f"{os.path.getsize(path) / 1e6:.0f} MB")
    # They read the file twice to be compared, which warms the page cache.
    found = list(peers.databases(bench, layout, path))
    rows = [*scans(bench, path)]
    for peer in found:
        rows += peer.contenders()
    runs = bench.alternate([*rows, *peers.counters(layout, path)])
    by_kind = {type(peer): peer for peer in found}
    put_runs(bench, runs)
    put_ratios(runs, by_kind.get(peers.Duckdb), by_kind.get(peers.Sqlite),
               bench.records >= Bench.TABLE)
    put_allocations(bench, name, path)
    print(NOTE.format(four=", ".join(sql.FOUR),
                      version=f"DuckDB is {peers.DUCKDB}"))
    bench.drop(path, *(bench.path(f) for f in
                       ("ours.db", "four.db", "duck.db", "lite.db")))
