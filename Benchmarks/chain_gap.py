"""The gap between an upstream's end and its downstream's start on an idle machine, from the recorded times."""

from __future__ import annotations

import os
import statistics
import time
from datetime import datetime

from bench.daemon import SHIM, Daemon, Workplace
from bench.dags import chain
from bench.result import Result, note, percentile

LENGTH = 200
ROUNDS = 3


def bare_spawn() -> float:
    """Milliseconds to start the supervisor's program and see it end; without a record it ends at once."""
    null = os.open(os.devnull, os.O_RDWR)
    began = time.perf_counter()
    process = os.posix_spawn(
        SHIM, [str(SHIM)], {}, file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
    os.waitpid(process, 0)
    took = time.perf_counter() - began
    os.close(null)
    return took * 1000


def gaps(daemon: Daemon) -> list[float]:
    """Milliseconds, one for each edge of the chain."""
    run = daemon.api.trigger("chain")
    state = daemon.api.wait("chain", run)
    if state != "success":
        raise RuntimeError(f"chain ended as {state}")
    rows = {row["task_id"]: row for row in daemon.api.run("chain", run)["task_instances"]}
    tasks = [rows[f"task_{index}"] for index in range(LENGTH)]
    starts = [datetime.fromisoformat(task["start_date"]) for task in tasks]
    ends = [datetime.fromisoformat(task["end_date"]) for task in tasks]
    return [
        (start - end).total_seconds() * 1000 for start, end in zip(starts[1:], ends[:-1], strict=True)
    ]


def main() -> None:
    ours: list[float] = []
    bare: list[float] = []
    with Workplace() as place:
        chain(LENGTH).write_dag(place.dags, "chain", ["/bin/true"])
        with Daemon(place) as daemon:
            gaps(daemon)
            for _ in range(ROUNDS):
                ours += gaps(daemon)
                bare += [bare_spawn() for _ in range(LENGTH)]
    two = 2 * statistics.median(bare)
    note(f"gaps: p10 {percentile(ours, 10):.2f} p90 {percentile(ours, 90):.2f} max {max(ours):.2f} ms")
    for percent, limit in ((50, 3), (99, 10)):
        figure = percentile(ours, percent)
        peer = 2 * percentile(bare, percent)
        Result(
            f"chain of {LENGTH}: gap p{percent} (ms)", figure, peer, "two bare spawns", figure / peer,
            f"<= {limit} ms", figure <= limit).write()
    note(f"two bare spawns of the supervisor: {two:.2f} ms")


if __name__ == "__main__":
    main()
