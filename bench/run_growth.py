"""Growth: files of ever more records, whose time and memory must follow."""
import statistics

from run_measure import Contender, median

LEAST = 1_000_000  # below, the start of the program is most of it


def slope(points):
    """Of the line through (x, y) points with the least squares."""
    if len(points) < 2:
        return None
    return statistics.linear_regression(*zip(*points)).slope


def in_proportion(points, what, unit):
    """The slope, and how far the last point is from proportion."""
    by = slope(points)
    if by is None:
        return
    (x0, y0), (x1, y1) = points[0], points[-1]
    share = (y1 / x1) / (y0 / x0)
    print(f"{what}: {by:.2f} {unit} from {x0} to {x1}; per record at the end "
          f"{share:.2f} times that at the start")


def show(bench):
    print(f"growth: asterisk, all rules and no store; {bench.threads} "
          "threads")
    print(f"{'records':>12}{'seconds':>9}{'core-s':>8}{'us a record':>13}"
          f"{'peak MB':>9}{'bytes a record':>16}")
    points = []
    for records in bench.growth:
        # As many calls a day and line in each: a larger switch, a month.
        lines = max(20, min(7000, records // 5000))
        path = bench.generate("grown.csv", records, "-e", str(lines))
        took = bench.alternate([Contender("scan", bench.scan(path))])["scan"]
        bench.drop(path)
        wall, peak = median(took, "wall"), median(took, "peak")
        points.append((records, wall, peak))
        print(f"{records:12}{wall:9.2f}{median(took, 'cpu'):8.2f}"
              f"{wall / records * 1e6:13.3f}{peak:9.0f}"
              f"{peak * 1024 * 1024 / records:16.0f}", flush=True)
    large = [p for p in points if p[0] >= LEAST]
    if len(large) < 2:
        large = points
    in_proportion([(n, wall * 1e6) for n, wall, _ in large], "time",
                  "us a record")
    in_proportion([(n, peak * 1024 * 1024) for n, _, peak in large],
                  "memory", "bytes a record (at most 128, and strings)")
