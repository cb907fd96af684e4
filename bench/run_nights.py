"""The nightly increment: into an empty store and into one that holds much.

The store holds as many such nights as fit: 10,000,000 records, when 100,000
come each night, are those of 100 days, each as busy as the night that is
measured."""
from run_measure import Bench, Contender, median, ratio, verdict


def show(bench):
    days = max(1, bench.store // bench.night)
    print(f"nights: {bench.night} records into a store of {bench.store}, of "
          f"{days} days, and into an empty one")
    path = bench.generate("before.csv", bench.store, "-d", str(days))
    filled = bench.took(Contender("fill", bench.scan("-d", "full.db", path)))
    bench.drop(path)
    print(f"{'':16}{'seconds':>9}{'core-s':>8}{'peak MB':>9}")
    put("the fill", [filled])
    runs = {"full": [], "empty": []}
    for i in range(bench.rounds):
        night = bench.generate("night.csv", bench.night, "-d", "1",
                               "-f", str(days + i), "-s", str(2 + i))
        for name in runs:
            fresh = (bench.path("empty.db"),) if name == "empty" else ()
            runs[name].append(bench.took(Contender(
                name, bench.scan("-d", f"{name}.db", night), fresh=fresh)))
    put("into the full", runs["full"])
    put("into the empty", runs["empty"])
    times = ratio(runs["full"], runs["empty"])
    enough = bench.store >= Bench.STORE and bench.night >= Bench.NIGHT
    print(f"full / empty: {times:.2f} (core-s "
          f"{ratio(runs['full'], runs['empty'], 'cpu'):.2f}), at most 3  "
          f"{verdict(times, 3, enough)}")
    bench.drop(bench.path("full.db"), bench.path("empty.db"))


def put(name, took):
    print(f"{name:16}{median(took, 'wall'):9.2f}{median(took, 'cpu'):8.2f}"
          f"{median(took, 'peak'):9.0f}", flush=True)
