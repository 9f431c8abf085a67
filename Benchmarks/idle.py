"""What 1,000 DAGs of 10 tasks with cron schedules cost while nothing is due."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from bench.daemon import Daemon, Workplace
from bench.dags import chain
from bench.result import Result

DAGS = 1000
TASKS = 10
SECONDS = 20


def write(folder: Path) -> list[Path]:
    """Daily schedules in the twelve hours that begin in four: none is due while we look, and none is catching up."""
    ahead = datetime.now(timezone.utc) + timedelta(hours=4)
    graph = chain(TASKS)
    paths = []
    for index in range(DAGS):
        path = graph.write_dag(folder, f"idle_{index}", ["/bin/true"])
        definition = json.loads(path.read_text())
        definition["schedule"] = f"{index % 60} {(ahead.hour + index % 12) % 24} * * *"
        definition["start_date"] = ahead.strftime("%Y-%m-%dT%H:%M:%SZ")
        path.write_text(json.dumps(definition))
        paths.append(path)
    return paths


def seconds_to_parse(paths: list[Path]) -> float:
    began = time.perf_counter()
    for path in paths:
        json.loads(path.read_bytes())
    return time.perf_counter() - began


def main() -> None:
    with Workplace() as place:
        paths = write(place.dags)
        parse = seconds_to_parse(paths)
        # The second start is the common one: the database knows the texts. The first also has to record them.
        with Daemon(place) as daemon:
            report_ready("first start", daemon.seconds_to_ready, parse)
        parse = seconds_to_parse(paths)
        with Daemon(place) as daemon:
            report_ready("next start", daemon.seconds_to_ready, parse)
            time.sleep(3)
            before, began = daemon.cpu_seconds(), time.monotonic()
            time.sleep(SECONDS)
            used = (daemon.cpu_seconds() - before) / (time.monotonic() - began) * 100
            memory = daemon.memory() / 1e6
    Result(f"idle with {DAGS} DAGs: CPU (%)", used, None, "-", None, "<= 0.1 %", used <= 0.1).write()
    Result(f"idle with {DAGS} DAGs: resident (MB)", memory, None, "-", None, "<= 80 MB", memory <= 80).write()


def report_ready(which: str, ready: float, parse: float) -> None:
    Result(
        f"{DAGS} DAGs x {TASKS}: {which} to ready (s)", ready, parse, "json.loads in Python", ready / parse,
        "<= 1 s", ready <= 1).write()


if __name__ == "__main__":
    main()
