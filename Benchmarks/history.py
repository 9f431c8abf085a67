"""Whether a long history slows anything down: 0, 1 million and 10 million finished task instances.

The history is written in bulk through the schema that the program itself has made (its triggers and constraints
included). Not part of the usual run: it needs ten minutes and some gigabytes.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import time

from bench.daemon import Daemon, Workplace
from bench.dags import fan_out
from bench.result import Result, note, percentile
from throughput import WIDTH, through_daemon

TASKS_OF_RUN = 1000
DAY = 86_400_000_000
FIRST = 1_600_000_000_000_000
PAGES = [
    "/api/v1/runs?limit=100",
    "/api/v1/runs?limit=100&state=failed",
    "/api/v1/dags/fan_out/runs?limit=100",
    "/api/v2/dags/fan_out/dagRuns?limit=100&offset=500",
    "/api/v2/dags/~/dagRuns?limit=100&order_by=-run_after",
    "/api/v2/dags/fan_out/dagRuns/{run}/taskInstances?limit=100",
    "/api/v1/dags",
    "/api/v1/status",
    "/api/v2/eventLogs?limit=100",
]


def fill(path: str, first_run: int, runs: int) -> None:
    """Finished runs of 1,000 tasks, one attempt each."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -200000")
    (version,) = database.execute("SELECT id FROM dag_version WHERE dag_id = 'fan_out'").fetchone()
    for run in range(first_run, first_run + runs):
        at = FIRST + run * DAY // 1000
        state = "failed" if run % 20 == 0 else "success"
        database.execute("BEGIN IMMEDIATE")
        database.execute(
            """INSERT INTO dag_run (number, dag_id, run_id, version, type, triggered_by, logical_date, run_after,
                queued_at, parameters, state, start_date, end_date)
            VALUES (?, 'fan_out', ?, ?, 'manual', 'cli', ?, ?, ?, '{}', ?, ?, ?)""",
            (run, f"manual__{run}", version, at, at, at, state, at, at + 3_000_000))
        database.executemany(
            """INSERT INTO task_instance (run, task, map_index, state, try_number, maximum_tries,
                tries_since_clear, scheduled_at, queued_at, start_date, end_date, attempt, updated_at)
            VALUES (?, ?, -1, ?, 1, 1, 1, ?, ?, ?, ?, ?, ?)""",
            ((run, task, state, at, at, at, at + 5000, f"a{run}x{task}", at) for task in range(TASKS_OF_RUN)))
        attempt_state = "failed" if state == "failed" else "succeeded"
        database.executemany(
            """INSERT INTO attempt (run, task, map_index, try_number, id, created_at, state, process_id,
                start_date, end_date, exit_code)
            VALUES (?, ?, -1, 1, ?, ?, ?, 1, ?, ?, 0)""",
            ((run, task, f"a{run}x{task}", at, attempt_state, at, at + 5000) for task in range(TASKS_OF_RUN)))
        database.execute("UPDATE ledger SET next_run = max(next_run, ?)", (run + 1,))
        database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def look(daemon: Daemon, run: str) -> dict[str, float]:
    """The slowest of 20 calls of each page, in milliseconds."""
    slowest: dict[str, float] = {}
    for page in PAGES:
        path = page.format(run=run)
        times = []
        try:
            for _ in range(20):
                began = time.perf_counter()
                daemon.api.get(path)
                times.append((time.perf_counter() - began) * 1000)
        except RuntimeError as error:
            note(f"left out: {error}")
            continue
        slowest[page] = percentile(times, 95)
    return slowest


def measure(place: Workplace) -> tuple[float, float, dict[str, float], float]:
    with Daemon(place, parallelism=WIDTH) as daemon:
        through_daemon(daemon, "fan_out")
        times = []
        for _ in range(7):
            began = time.perf_counter()
            through_daemon(daemon, "fan_out")
            times.append(time.perf_counter() - began)
        run = daemon.api.trigger("fan_out")
        daemon.api.wait("fan_out", run)
        return statistics.median(times), daemon.seconds_to_ready, look(daemon, run), daemon.memory() / 1e6


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:]] or [1_000_000, 10_000_000]
    with Workplace() as place, Workplace() as empty:
        graph = fan_out(TASKS_OF_RUN)
        for one in (place, empty):
            graph.write_dag(one.dags, "fan_out", ["/bin/true"], WIDTH)
        with Daemon(place):
            pass
        filled = 0
        for size in sizes:
            began = time.monotonic()
            fill(str(place.home / "orchestrator.db"), 1_000_000 + filled, size // TASKS_OF_RUN - filled)
            filled = size // TASKS_OF_RUN
            note(f"filled to {size} instances in {time.monotonic() - began:.0f} s")
            flat, _, _, _ = measure(empty)
            took, ready, pages, memory = measure(place)
            ratio = took / flat
            Result(
                f"{size} finished: fan-out (s)", took, flat, "no history", ratio, "<= 1.1 x", ratio <= 1.1).write()
            page, slowest = max(pages.items(), key=lambda item: item[1])
            note(f"pages: {pages}; start to ready {ready:.2f} s; {memory:.0f} MB resident")
            Result(
                f"{size} finished: slowest page p95 (ms)", slowest, None, page, None, "<= 50 ms", slowest <= 50).write()
            Result(f"{size} finished: start to ready (s)", ready, None, "-", None, "-", None).write()


if __name__ == "__main__":
    main()
