#!/usr/bin/env python3
"""Compares the cron of `orchestrator` with the independent implementation `cronsim` on random cases.

    pip install cronsim tzdata
    python3 Tests/differential/cronsim_fuzz.py --program .build/debug/orchestrator --cases 2000

Every case is an expression, a zone and a start; half of the starts lie near a change of the clock. Both sides give
the next instants. Cases that fall on known faults or other rules of cronsim 2.8 are left out before they are
compared, by what they are and never by their result:

- `a-a/n`, which cronsim reads as `a/n` (not generated);
- `nW`, which it does not know (not generated);
- a start in the second pass of a repeated hour, where it gives an instant that is not after the start;
- windows with a change that is not a whole number of hours, that skips or repeats midnight, or that happens
  within an hour (Chatham, 02:45), of which its steps by the hour lose a part;
- a step larger than its field, which we refuse (not generated).

Zone data: cronsim reads the system's or the package `tzdata`, `orchestrator` brings its own. A difference in one
zone only may be a difference of that data.
"""
import argparse
import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from cronsim import CronSim

ZONES = """UTC America/New_York America/Los_Angeles America/St_Johns America/Sao_Paulo America/Santiago America/Havana
America/Nuuk America/Asuncion America/Mexico_City Europe/London Europe/Berlin Europe/Dublin Europe/Lisbon Europe/Moscow
Europe/Chisinau Africa/Cairo Africa/Casablanca Africa/Johannesburg Asia/Jerusalem Asia/Beirut Asia/Tehran Asia/Kolkata
Asia/Kathmandu Asia/Tokyo Asia/Gaza Australia/Sydney Australia/Lord_Howe Australia/Eucla Antarctica/Troll
Pacific/Auckland Pacific/Chatham Pacific/Apia Pacific/Kiritimati Pacific/Easter Atlantic/Azores""".split()
RANGES = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
WEEKDAYS = "SUN MON TUE WED THU FRI SAT".split()


def part(rng, field):
    """What stands between two commas."""
    low, high = RANGES[field]
    kind = rng.random()
    if field == 2 and kind < 0.08:
        return rng.choice(["L", "LW"])
    if field == 4 and kind < 0.15:
        return f"{rng.randint(0, 7)}{rng.choice(['L', '#1', '#2', '#3', '#4', '#5'])}"
    names = {3: MONTHS, 4: WEEKDAYS}.get(field)
    if names and kind < 0.25:
        return rng.choice(names)
    if kind < 0.4:
        return f"*/{rng.randint(1, high - low + (0 if field == 4 else 1))}"
    if kind < 0.5:
        return f"{rng.randint(low, high)}/{rng.randint(1, high - low)}"
    if kind < 0.7:
        first = rng.randint(low, high - 1)
        last = rng.randint(first + 1, high)
        return f"{first}-{last}" + (f"/{rng.randint(1, high - low)}" if rng.random() < 0.4 else "")
    return str(rng.randint(low, high))


def field_text(rng, field):
    if rng.random() < (0.25, 0.3, 0.6, 0.8, 0.6)[field]:
        return "*"
    return ",".join(part(rng, field) for _ in range(rng.choice([1, 1, 1, 2, 3])))


def offset(zone, instant):
    return instant.astimezone(zone).utcoffset()


def changes(zone, first, last):
    """The changes of the clock between two instants: (instant, offset before, offset after)."""
    found = []
    step = timedelta(hours=6)
    while first < last:
        before, after = offset(zone, first), offset(zone, first + step)
        if before != after:
            low, high = first, first + step
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
            found.append((high, before, after))
        first += step
    return found


def random_start(rng, zone):
    start = datetime(2005, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=rng.randrange(30 * 366 * 86400))
    if rng.random() < 0.5:
        near = changes(zone, start, start + timedelta(days=220))
        if near:
            start = near[0][0] + timedelta(seconds=rng.randrange(-30 * 3600, 6 * 3600))
    return start


def is_left_out(zone, start, last):
    """Whether a change of the clock between start and last is of a kind that cronsim gets wrong."""
    for instant, before, after in changes(zone, start - timedelta(days=1), last + timedelta(days=1)):
        difference = after - before
        walls = sorted([(instant + before).replace(tzinfo=None), (instant + after).replace(tzinfo=None)])
        if difference % timedelta(hours=1) or walls[0].minute:
            return True
        midnight = walls[1].replace(hour=0, minute=0, second=0)
        if walls[0] <= midnight <= walls[1]:
            return True
        if difference < timedelta(0) and instant <= start < instant - difference:
            return True
    return False


def expected(expression, zone, start, count):
    simulation = CronSim(expression, start.astimezone(zone))
    result = []
    for _ in range(count):
        try:
            result.append(next(simulation).astimezone(timezone.utc))
        except StopIteration:
            break
    return result


def ask(program, case):
    expression, zone, start, count = case
    answer = subprocess.run(
        [program, "cron", "next", expression, "--timezone", zone, "--from", start.isoformat(), "--count", str(count),
         "--output", "json"], capture_output=True, text=True)
    if answer.returncode != 0:
        return answer.stderr.strip()
    rows = json.loads(answer.stdout)
    return [datetime.fromisoformat(row.replace("Z", "+00:00")) for row in rows]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=".build/debug/orchestrator")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=6)
    options = parser.parse_args()

    rng = random.Random(options.seed)
    cases, oracle, left_out, never = [], [], 0, 0
    while len(cases) < options.cases:
        name = rng.choice(ZONES)
        zone = ZoneInfo(name)
        expression = " ".join(field_text(rng, field) for field in range(5))
        start = random_start(rng, zone)
        try:
            instants = expected(expression, zone, start, options.count)
        except Exception:
            instants = []
        if len(instants) < options.count:
            never += 1
            continue
        if instants[-1] - start > timedelta(days=3 * 365) or is_left_out(zone, start, instants[-1]):
            left_out += 1
            continue
        cases.append((expression, name, start, options.count))
        oracle.append(instants)

    agreed, differed = 0, []
    with ThreadPoolExecutor(max_workers=4) as pool:
        for case, want, got in zip(cases, oracle, pool.map(lambda case: ask(options.program, case), cases)):
            if got == want:
                agreed += 1
            else:
                differed.append((case, want, got))

    zones = {}
    for case, want, got in differed:
        zones.setdefault(case[1], []).append((case, want, got))
    for name, rows in zones.items():
        for (expression, _, start, _), want, got in rows[:3]:
            print(f"{expression!r} in {name} from {start.isoformat()}")
            print("  cronsim:     ", [str(instant) for instant in want])
            print("  orchestrator:", got if isinstance(got, str) else [str(instant) for instant in got])
    print(f"{agreed} of {len(cases)} cases agree; {len(differed)} differ in {len(zones)} zones; "
          f"{left_out} left out (known faults, or too far apart), {never} without enough instants; seed {options.seed}")
    return 1 if differed else 0


if __name__ == "__main__":
    sys.exit(main())
