#!/usr/bin/env python3
"""schema.py FILE...   Does the JSON fit rules/schemas, to the letter?

FILE is a cdr.report/1 document or an NDJSON stream; "-" is standard input.
Each object is validated twice: as published, and with every object closed, so
that a key the schemas do not know is found, too.  Then what a schema cannot
say: counts and points add up, names lead somewhere, the order is kept.
"""
import copy
import json
import os
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
from jsonschema import Draft202012Validator, RefResolver  # noqa: E402

FOLDER = "rules/schemas"
NO_REPORTS = ("cdr.audit/1", "cdr.call/1", "cdr.cursor/1", "cdr.record/1")


def closed(node):
    """The schema with additionalProperties false where nothing is said."""
    if isinstance(node, list):
        return [closed(n) for n in node]
    if not isinstance(node, dict):
        return node
    node = {k: closed(v) for k, v in node.items()}
    if node.get("type") == "object" and "properties" in node:
        node.setdefault("additionalProperties", False)
    return node


def load():
    schemas = {}
    for name in sorted(os.listdir(FOLDER)):
        with open(os.path.join(FOLDER, name), encoding="utf-8") as f:
            schema = json.load(f)
        Draft202012Validator.check_schema(schema)
        if not schema["$id"].endswith("/" + name):
            sys.exit(f"{FOLDER}/{name}: $id is {schema['$id']}")
        schemas[schema["title"]] = schema
    return schemas


def validators(schemas):
    store = {s["$id"]: s for s in schemas.values()}
    return {
        title: Draft202012Validator(s, resolver=RefResolver(s["$id"], s, store))
        for title, s in schemas.items()
    }


def strict(text, place, problems):
    """Parse; a key given twice is a problem."""

    def members(pairs):
        keys = [k for k, _ in pairs]
        for k in set(keys):
            if keys.count(k) > 1:
                problems.append(f"{place}: key given twice: '{k}'")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=members)


def check_sums(place, findings, cases, run, problems):
    ids = [o["id"] for o in findings + cases]
    if len(ids) != len(set(ids)):
        problems.append(f"{place}: an id is there twice")
    known = {f["id"]: f for f in findings}
    for c in cases:
        if sum(p["points"] for p in c["points"]) != c["score"]:
            problems.append(f"{place}: {c['id']}: points do not add up")
        if sorted(c["findings"]) != sorted(p["finding"] for p in c["points"]):
            problems.append(f"{place}: {c['id']}: findings without points")
        for f in c["findings"]:
            if known.get(f, {}).get("case") != c["id"]:
                problems.append(f"{place}: {c['id']}: lacks finding {f}")
    if run is not None:
        n = run["counts"]
        parts = ("calls", "legs", "skipped", "duplicates", "rejects")
        if sum(n[p] for p in parts) != n["records"]:
            problems.append(f"{place}: counts do not add up: {n}")
        for o in findings + cases:
            if "state" in o and not run["stored"]:
                problems.append(f"{place}: {o['id']}: a state without a store")
        for c in cases:
            if "state" not in c and run["stored"]:
                problems.append(f"{place}: {c['id']}: no state")
    for objects in (findings, cases):
        scores = [o["score"] for o in objects]
        if scores != sorted(scores, reverse=True):
            problems.append(f"{place}: not in the order of scores")


def check_stream(objects, place, problems):
    kinds = [o.get("schema") for o in objects]
    order = ["cdr.finding/1", "cdr.case/1", "cdr.run/1"]
    if kinds != sorted(kinds, key=lambda k: order.index(k) if k in order else 9):
        problems.append(f"{place}: not findings, cases, run")
    if kinds.count("cdr.run/1") != 1:
        problems.append(f"{place}: no run at the end")


def check(path, checks, problems):
    with sys.stdin if path == "-" else open(path, encoding="utf-8") as f:
        text = f.read()
    try:
        document = strict(text, path, problems)
        objects = document if isinstance(document, list) else [document]
    except ValueError:
        document = None
        objects = [
            strict(line, f"{path}:{n}", problems)
            for n, line in enumerate(text.splitlines(), 1)
        ]
    before = len(problems)
    for n, o in enumerate(objects, 1):
        if o.get("schema") not in checks[0]:
            problems.append(f"{path}:{n}: unknown schema: {o.get('schema')!r}")
            continue
        for validator in checks:
            for e in validator[o["schema"]].iter_errors(o):
                where = "/".join(str(p) for p in e.absolute_path)
                problems.append(
                    f"{path}:{n}: {where}: {e.validator}: {e.message[:300]}"
                )
    if len(problems) > before:
        return
    if all(o["schema"] in NO_REPORTS for o in objects):
        return
    if document is not None and document["schema"] == "cdr.report/1":
        parts = document["findings"], document["cases"], document.get("run")
    else:
        check_stream(objects, path, problems)
        kind = {s: [o for o in objects if o["schema"] == s] for s in checks[0]}
        parts = (
            kind["cdr.finding/1"],
            kind["cdr.case/1"],
            (kind["cdr.run/1"] or [None])[0],
        )
    check_sums(path, *parts, problems)


def main():
    schemas = load()
    checks = [
        validators(schemas),
        validators({k: closed(copy.deepcopy(v)) for k, v in schemas.items()}),
    ]
    problems = []
    for path in sys.argv[1:]:
        check(path, checks, problems)
    for p in problems:
        print(p)
    return 1 if problems or len(sys.argv) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
