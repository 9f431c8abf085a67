"""kill -9 of a daemon with 1,000 running tasks: how long until the next one watches all of them again."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

from bench.daemon import Daemon, Workplace
from bench.dags import independent
from bench.result import Result, note

TASKS = 1000
LIMIT = 2.0


def identity(daemon: Daemon, run: str) -> dict[str, tuple[str, int, str]]:
    """What must not change: each task's state, try and start."""
    rows = daemon.api.run("many", run)["task_instances"]
    return {row["task_id"]: (row["state"], row["try_number"], row["start_date"]) for row in rows}


def await_watched(daemon: Daemon, count: int, patience: float) -> None:
    end = time.monotonic() + patience
    while daemon.watched_processes() < count:
        if time.monotonic() > end:
            raise RuntimeError(f"{daemon.watched_processes()} of {count} are watched after {patience} s")
        time.sleep(0.005)


def await_running(daemon: Daemon, run: str) -> None:
    for _ in range(600):
        states = [state for state, _, _ in identity(daemon, run).values()]
        if states.count("running") == TASKS:
            return
        time.sleep(0.1)
    raise RuntimeError(f"not all run: { {state: states.count(state) for state in set(states)} }")


def seconds_to_read(folder: Path) -> float:
    """The limit: read every control file once and open a pidfd of the process that wrote it (here: our own)."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    began = time.perf_counter()
    descriptors = []
    for path in files:
        path.read_bytes()
        descriptors.append(os.pidfd_open(os.getpid()))
    took = time.perf_counter() - began
    for descriptor in descriptors:
        os.close(descriptor)
    note(f"{len(files)} control files in {folder}")
    return took


def main() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * TASKS)), hard))
    with Workplace() as place:
        path = independent(TASKS).write_dag(place.dags, "many", ["/bin/sleep", "600"], width=TASKS)
        note(f"{path.stat().st_size} bytes of DAG")
        daemon = Daemon(place, parallelism=TASKS)
        try:
            # The default pool has 128 slots, as in Airflow.
            daemon.api.request("PUT", "/api/v1/pools/default_pool", {"slots": TASKS})
            run = daemon.api.trigger("many")
            await_running(daemon, run)
            before = identity(daemon, run)
            memory = daemon.memory() / 1e6
            daemon.kill()
            limit = seconds_to_read(Path((place.home / "runtime-folder").read_text().strip()))
            began = time.monotonic()
            daemon = Daemon(place, parallelism=TASKS)
            ready = time.monotonic() - began
            await_watched(daemon, TASKS, 60)
            took = time.monotonic() - began
            after = identity(daemon, run)
            changed = {task for task in before if before[task] != after[task]}
            note(f"ready after {ready:.3f} s; {len(changed)} tasks changed; {memory:.0f} MB resident before")
            Result(
                f"restart with {TASKS} running: all watched again (s)", took, limit,
                "read files, open pidfds in Python", took / limit, "<= 2 s", took <= LIMIT and not changed,
            ).write()
            Result(
                f"restart with {TASKS} running: resident after (MB)", daemon.memory() / 1e6, None, "-", None, "-",
                None).write()
            began = time.monotonic()
            daemon.api.request("POST", f"/api/v1/dags/many/runs/{run}/cancel", {})
            state = daemon.api.wait("many", run)
            Result(
                f"cancel of {TASKS} running tasks: all ended (s)", time.monotonic() - began, None, state, None, "-",
                None).write()
        finally:
            daemon.stop()


if __name__ == "__main__":
    main()
