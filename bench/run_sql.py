"""The four rules as SQL, for DuckDB and SQLite, over what gencdr writes.

The rules are those of rules/rules.d with their parameters as shipped, and the
lists those of rules/lists.  What SQL says is said of these files: that the
source is in the United States and dials 011 abroad, which calls go out, that
nothing is there twice, has legs or is out of order.
"""
import csv
import json
import os
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOUR = ["call-rate", "high-risk-country", "known-bad-number", "long-call"]

ASTERISK = {
    "accountcode": "VARCHAR", "src": "VARCHAR", "dst": "VARCHAR",
    "dcontext": "VARCHAR", "clid": "VARCHAR", "channel": "VARCHAR",
    "dstchannel": "VARCHAR", "lastapp": "VARCHAR", "lastdata": "VARCHAR",
    "start": "TIMESTAMP", "answer": "TIMESTAMP", "end": "TIMESTAMP",
    "duration": "INTEGER", "billsec": "INTEGER", "disposition": "VARCHAR",
    "amaflags": "VARCHAR", "uniqueid": "VARCHAR", "userfield": "VARCHAR"}


class Layout:
    """How the calls of a file are asked for; `skip` lines are no records."""

    def __init__(self, columns, skip, **say):
        self.columns, self.skip, self.say = columns, skip, say


def layout_of(name, path):
    if name == "asterisk":
        return Layout(ASTERISK, 0, account="src", dialled="dst",
                      talk="billsec", answered="disposition = 'ANSWERED'",
                      out="dcontext = 'from-internal'",
                      duckdb_seconds='epoch("start")::bigint',
                      sqlite_seconds="""cast(strftime('%s', "start") """
                                     "as integer)")
    with open(path, newline="") as f:
        names, types = (row for row, _ in zip(csv.reader(f), range(2)))
    columns = {n: "BIGINT" if t == "INTEGER" else "VARCHAR"
               for n, t in zip(names, types)}
    return Layout(columns, 2, account="callingPartyNumber",
                  dialled="finalCalledPartyNumber", talk="duration",
                  answered="dateTimeConnect > 0",
                  out="origDeviceName like 'SEP%'",
                  duckdb_seconds="dateTimeOrigination",
                  sqlite_seconds="dateTimeOrigination")


def column_list(layout):
    return ", ".join(f'"{n}" {t}' for n, t in layout.columns.items())


def read_csv(layout, path):
    columns = ", ".join(f"'{n}': '{t}'" for n, t in layout.columns.items())
    return (f"read_csv('{path}', auto_detect = false, header = false, "
            f"skip = {layout.skip}, delim = ',', quote = '\"', "
            f"escape = '\"', columns = {{{columns}}})")


def prefixes(name):
    with open(f"{TOP}/rules/lists/{name}.csv", newline="") as f:
        return ", ".join(f"('{row['value'].lstrip('+')}')"
                         for row in csv.DictReader(f))


def calls(layout, dialect, rows):
    """What the rules ask of: calls that go out."""
    say = layout.say
    return f"""
  select {say[dialect + "_seconds"]} as t, {say["account"]} as account,
    {say["answered"]} as answered, {say["talk"]} as talk,
    {say["dialled"]} like '011%' as abroad,
    case when {say["dialled"]} like '011%' then substr({say["dialled"]}, 4)
      else {say["dialled"]} end as number
  from {rows} where {say["out"]}"""


# What each rule asks of `calls`, and the tables that it names besides.
RULES = {
    "call-rate": ("""
select 'call-rate' as rule, account, count(*) as calls
  from fired where most >= 10 group by account""", """,
hour as (
  select account, t, count(*) over (partition by account order by t
    range between 3599 preceding and current row) as n
  from calls where abroad),
fired as (
  select account, max(n) over (partition by account order by t
    range between current row and 3599 following) as most
  from hour)"""),
    "high-risk-country": ("""
select 'high-risk-country' as rule, account, count(*) as calls from calls
  where abroad and answered and exists (select 1 from risk
    where substr(number, 1, length(prefix)) = prefix) group by account""",
                          f""",
risk(prefix) as (values {prefixes("high-risk")})"""),
    "known-bad-number": ("""
select 'known-bad-number' as rule, account, count(*) as calls from calls
  where exists (select 1 from bad
    where substr(number, 1, length(prefix)) = prefix) group by account""",
                         f""",
bad(prefix) as (values {prefixes("known-bad")})"""),
    "long-call": ("""
select 'long-call' as rule, account, count(*) as calls from calls
  where answered and talk >= 10800 group by account""", ""),
}
assert list(RULES) == FOUR


def statement(rules, layout, dialect, rows):
    """Rule, account, and how many calls it is about; `rows` are read once."""
    tables = "".join(RULES[rule][1] for rule in rules)
    selects = "\nunion all".join(RULES[rule][0] for rule in rules)
    return (f"with calls as materialized ({calls(layout, dialect, rows)})"
            f"{tables}{selects}\norder by 1, 2")


def found_by_scan(bench, path):
    """The same of cdrscan's findings: {(rule, account): calls}."""
    words = [word for rule in FOUR for word in ("-r", rule)]
    run = subprocess.run(bench.scan(*words, "-f", "ndjson", path),
                         stdout=subprocess.PIPE, text=True, check=True)
    found = {}
    for line in run.stdout.splitlines():
        record = json.loads(line)
        if record["schema"].startswith("cdr.finding/"):
            key = record["rule"]["id"], record["entity"]["id"]
            found[key] = found.get(key, 0) + record["calls"]["count"]
    return found


def compared(ours, theirs, who):
    """Nothing, or what is not the same."""
    for key in sorted(set(ours) | set(theirs)):
        if ours.get(key) != theirs.get(key):
            return (f"{who} has {theirs.get(key, 0)} calls of {key[1]} for "
                    f"{key[0]}, cdrscan {ours.get(key, 0)}")
    return None
