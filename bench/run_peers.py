"""The other tools: how they are had, and what they are asked."""
import json
import os
import shutil
import subprocess
import sys

import run_sql as sql
from run_measure import Contender

# Another version may be faster or slower: figures are of this one.
DUCKDB = "@duckdb/node-api@1.5.6-r.1"
HERE = os.path.dirname(os.path.abspath(__file__))


def leave_out(who, why):
    print(f"bench: LEFT OUT: {who}: {why}", file=sys.stderr, flush=True)


def has(command, package):
    if shutil.which(command):
        return True
    leave_out(command, f"not installed (Debian package {package})")
    return False


def output(command, cwd):
    return subprocess.run(command, cwd=cwd, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


class Duckdb:
    """DuckDB from npm, in the build folder."""
    starting = "DuckDB, nothing"
    rules = "DuckDB, four rules"
    once = "DuckDB, all four in one"
    table = "DuckDB, create table as"

    def __init__(self, bench, layout, path):
        self.bench, self.layout, self.path = bench, layout, path
        self.folder = f"{bench.build}/bench/duckdb"
        self.rows = sql.read_csv(layout, path)
        self.each = [sql.statement([rule], layout, "duckdb", self.rows)
                     for rule in sql.FOUR]
        self.all = sql.statement(sql.FOUR, layout, "duckdb", self.rows)

    def install(self):
        mark = f"{self.folder}/installed"
        if not has("node", "nodejs"):
            return False
        if os.path.exists(mark) and open(mark).read() == DUCKDB:
            return True
        if not has("npm", "npm"):
            return False
        os.makedirs(self.folder, exist_ok=True)
        run = subprocess.run(
            ["npm", "install", "--prefix", self.folder, "--no-audit",
             "--no-fund", "--ignore-scripts", "--loglevel", "error", DUCKDB],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if run.returncode != 0:
            leave_out(DUCKDB, run.stderr.strip() or "npm install failed")
            return False
        with open(mark, "w") as f:
            f.write(DUCKDB)
        return True

    def command(self, database, *statements):
        return ["node", f"{HERE}/run_duckdb.cjs", self.folder, database,
                str(self.bench.threads), *statements]

    def rows_of(self, *statements):
        rows = json.loads(output(self.command(":memory:", *statements),
                                 self.bench.work))
        return {(rule, account): int(n) for rule, account, n in rows}

    def found(self):
        found = self.rows_of(self.all)
        if self.rows_of(*self.each) != found:
            sys.exit("bench: DuckDB finds other calls in four statements")
        return found

    def contenders(self):
        into = f"create table calls as select * from {self.rows}"
        yield Contender(self.starting, self.command(":memory:", "select 1"))
        yield Contender(self.rules, self.command(":memory:", *self.each))
        yield Contender(self.once, self.command(":memory:", self.all))
        yield Contender(self.table, self.command("duck.db", into),
                        fresh=(self.bench.path("duck.db"),))


class Sqlite:
    """SQLite's shell; the rules are asked of what it imported."""
    table = "sqlite3 .import"
    rules = "sqlite3, four rules of it"

    def __init__(self, bench, layout, path):
        self.bench, self.layout, self.path = bench, layout, path
        self.all = sql.statement(sql.FOUR, layout, "sqlite", "calls_read")

    def install(self):
        return has("sqlite3", "sqlite3")

    def importing(self):
        skip = f"--skip {self.layout.skip} " if self.layout.skip else ""
        return ["sqlite3", "lite.db",
                f"create table calls_read ({sql.column_list(self.layout)})",
                ".mode csv", f".import {skip}{self.path} calls_read"]

    def found(self):
        self.bench.drop(self.bench.path("lite.db"))
        subprocess.run(self.importing(), cwd=self.bench.work, check=True)
        rows = output(["sqlite3", "lite.db", self.all],
                      self.bench.work).split()
        return {tuple(row.split("|")[:2]): int(row.split("|")[2])
                for row in rows}

    def contenders(self):
        yield Contender(self.table, self.importing(),
                        fresh=(self.bench.path("lite.db"),))
        yield Contender(self.rules, ["sqlite3", "lite.db", self.all])


def databases(bench, layout, path):
    """Those that can be had and find what cdrscan finds."""
    ours = sql.found_by_scan(bench, path)
    for kind in (Duckdb, Sqlite):
        peer = kind(bench, layout, path)
        if not peer.install():
            continue
        wrong = sql.compared(ours, peer.found(), kind.__name__)
        if wrong:
            sys.exit(f"bench: the four rules are not the same: {wrong}")
        yield peer
    if not ours:
        sys.exit("bench: the four rules find nothing to compare")
    print(f"the four rules find the same in all: {len(ours)} accounts of "
          f"rules, {sum(ours.values())} calls")


def counters(layout, path):
    """Tools that can count, and no more: calls dialled abroad."""
    at = 1 + list(layout.columns).index(layout.say["dialled"])
    if has("mawk", "mawk"):
        yield Contender("mawk, one count", [
            "mawk", "-F,", f'${at} ~ /^"011/ {{ n++ }} END {{ print n }}',
            path])
    if has("mlr", "miller"):
        yield Contender("Miller, one count", [
            "mlr", "--icsv", "--implicit-csv-header",
            "--allow-ragged-csv-input", "--ojson", "filter",
            f'$[[[{at}]]] =~ "^011"', "then", "count", path])
    yield Contender("wc -l", ["wc", "-l", path])
