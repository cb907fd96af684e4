#!/bin/sh
# Is lib/ the house that lib/FLOORS describes?
#   - every module has its header, at least one source, and its unit test;
#   - no file stands outside the list;
#   - a module includes only modules that stand before it in the list;
#   - a third-party header is included by exactly one module.
set -eu
cd "$(dirname "$0")/.."

python3 - <<'PY'
import collections, glob, os, re, sys

bad = []
order = []
for line in open("lib/FLOORS"):
    line = line.split("#")[0].strip()
    if line:
        floor, modules = line.split(":")
        order += [f"{floor}/{m}" for m in modules.split()]
rank = {m: i for i, m in enumerate(order)}

def module_of(path):
    """lib/cdr/layout_columns.c belongs to cdr/layout: the longest name that fits."""
    name = os.path.splitext(path[len("lib/"):])[0]
    while name not in rank and "_" in os.path.basename(name):
        name = name.rsplit("_", 1)[0]
    return name if name in rank else None

files = sorted(glob.glob("lib/*/*.[ch]"))
third = collections.defaultdict(set)
ours_to_know = {"csv.h", "sqlite3.h", "pcre2.h", "cJSON.h", "archive.h",
    "archive_entry.h", "zlib.h", "xxhash.h", "expat.h", "ical.h"}
for path in files:
    module = module_of(path)
    if module is None:
        bad.append(f"{path}: not in lib/FLOORS")
        continue
    for number, text in enumerate(open(path), 1):
        m = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', text)
        if not m:
            continue
        if m[1] == "<":
            base = os.path.basename(m[2])
            if base in ours_to_know:
                third[base].add(module)
            continue
        other = module_of("lib/" + m[2])
        if other is None:
            bad.append(f"{path}:{number}: no such module: '{m[2]}'")
        elif rank[other] > rank[module]:
            bad.append(f"{path}:{number}: {module} stands below {other}")
for module in order:
    name = os.path.basename(module)
    if not os.path.exists(f"lib/{module}.h"):
        bad.append(f"lib/{module}.h: missing")
    if name != "bounds" and not any(module_of(f) == module for f in files if f.endswith(".c")):
        bad.append(f"lib/{module}.c: missing")
    if name != "bounds" and not os.path.exists(f"tests/unit/test_{name}.c"):
        bad.append(f"tests/unit/test_{name}.c: missing")
for header, users in sorted(third.items()):
    if len(users) > 1:
        bad.append(f"<{header}> is included by {', '.join(sorted(users))}; one module may")
print("\n".join(bad) if bad else f"floors: {len(order)} modules in order")
sys.exit(bool(bad))
PY
