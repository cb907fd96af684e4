"""The fixed thresholds of OpenSIPS's fraud_detection, on records.

The module counts for each user and rule prefix: calls in the last 60 seconds,
calls of the day, calls at once, calls in a row to the identical number, and
the length of a call, told when it ends.  Counters begin anew with a new day
and with a new interval of hours.  Its own defaults are 0, which is off; the
thresholds here are the example of its tutorial (opensips.org, Tutorials,
FraudDetection 2.3), warning and critical, by hours and weekday.  A value that
reaches the threshold alarms.

Two profiles: one that looks at each call, its user being the caller, and one
that looks at the calls of the own accounts to foreign, satellite and premium
numbers only.
"""
import collections
import csv
import datetime
import heapq

PARAMS = ("calls per minute", "call duration", "total calls",
          "concurrent calls", "sequential calls")
WORKDAY = ((3, 5), (7200, 13200), (16, 35), (3, 5), (6, 20))
EVENING = ((3, 5), (9600, 16000), (21, 35), (3, 5), (8, 26))
NIGHT = ((3, 4), (4800, 9600), (10, 20), (3, 4), (5, 15))
WEEKEND = ((3, 5), (11400, 17400), (24, 40), (3, 5), (12, 30))
LEVELS = ("warning", "critical")


def thresholds(local):
    if local.weekday() >= 5:
        return WEEKEND
    if local.hour < 9:
        return NIGHT
    if local.hour * 60 + local.minute <= 17 * 60:
        return WORKDAY
    return EVENING


class User:
    def __init__(self):
        self.minute = collections.deque()
        self.busy = []
        self.slot = None
        self.total = self.row = 0
        self.last = None

    def call(self, at, local, number, end, answered):
        """The values of one more call."""
        slot = (local.date(), id(thresholds(local)))
        if slot != self.slot:
            self.slot, self.total, self.row, self.last = slot, 0, 0, None
            self.busy.clear()
        while self.minute and self.minute[0] <= at - 60:
            self.minute.popleft()
        while self.busy and self.busy[0] <= at:
            heapq.heappop(self.busy)
        self.minute.append(at)
        heapq.heappush(self.busy, end)
        self.total += 1
        self.row = self.row + 1 if number == self.last else 1
        self.last = number
        return (len(self.minute), end - at if answered else 0, self.total,
                len(self.busy), self.row)


def is_dear(number):
    return number.startswith(("011", "1900")) or number[:4] in (
        "1876", "1809", "1473", "1268", "1649", "1416")


def watch(calls, only_dear):
    """(time, user, level, parameter) for each alarm, in order of the calls."""
    users = collections.defaultdict(User)
    alarms = []
    for at, local, user, number, talk, outgoing, answered in calls:
        if only_dear and not (outgoing and is_dear(number)):
            continue
        values = users[user].call(at, local, number, at + talk, answered)
        limits = thresholds(local)
        for level in (1, 0):
            over = [i for i in range(5) if values[i] >= limits[i][level]]
            for i in over:
                alarms.append((at + talk if i == 1 else at, user,
                               LEVELS[level], PARAMS[i]))
            if over:
                break
    return alarms


def read(files, zone):
    """Calls of generic files in order: one for all legs of a call."""
    calls = {}
    for path in files:
        with open(path, newline="") as f:
            for row in csv.DictReader(f):
                if row["Direction"] == "internal":
                    continue
                local = datetime.datetime.fromisoformat(row["Start Time"])
                out = row["Direction"] != "inbound"
                one = (local.replace(tzinfo=zone).timestamp(), local,
                       row["Account"] if out else row["From"], row["To"],
                       int(row["Talk Time"]), out, row["Status"] == "answered")
                old = calls.get(row["Linked ID"])
                if old is None or one[4] > old[4]:
                    calls[row["Linked ID"]] = one
    return sorted(calls.values(), key=lambda c: (c[0], c[2], c[3]))


def run(files):
    """The name of each profile and its alarms."""
    import zoneinfo
    calls = read(sorted(files), zoneinfo.ZoneInfo("America/Chicago"))
    for what, dear in (("all calls", False), ("abroad and premium", True)):
        alarms = watch(calls, dear)
        for level in LEVELS:
            yield (f"OpenSIPS {level}, {what}",
                   sorted(a for a in alarms
                          if level == "warning" or a[2] == "critical"))


class Case:
    """Alarms of one user that are closer than a gap."""

    def __init__(self, user, at, morning):
        self.id, self.entity, self.type = (user, at), user, "number"
        self.first = self.last = self.crossed = at
        self.morning = morning
        self.rules, self.call_ids = [], set()


def cases(alarms, mornings, gap):
    """One report for each alarm that begins a case or goes on with it.

    An alarm counts at once, so the morning is the one that follows it; that a
    case has been there before an attack does not make the attack unseen."""
    result, begun = [], {}
    for at, user, _, param in alarms:
        old = begun.get(user)
        after = next((m for m in mornings if m >= at), None)
        if after is None:
            continue
        one = Case(user, at, after)
        if old is not None and at - old[1] <= gap:
            one.id = old[0]
        begun[user] = (one.id, at)
        one.rules = [param]
        result.append(one)
    return result
