"""A DAG of 100,000 tasks: validated, loaded by a daemon, and gone by the rule that no step may be quadratic."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

from bench.daemon import Daemon, Workplace, environment
from bench.dags import layered
from bench.result import Result, note

SIZE = 100_000


def validate(place: Workplace, path: Path) -> tuple[float, float]:
    """Seconds and peak megabytes."""
    began = time.perf_counter()
    process = subprocess.Popen(
        place.command("validate", str(path)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=environment())
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"validate ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - began, usage.ru_maxrss * 1024 / 1e6


def main() -> None:
    with Workplace() as place:
        path = layered(SIZE, layer=1000).write_dag(place.dags, "large", ["/bin/true"])
        small = layered(SIZE // 10, layer=1000).write_dag(place.root, "small", ["/bin/true"])
        began = time.perf_counter()
        json.loads(path.read_bytes())
        parse = time.perf_counter() - began
        tenth, _ = validate(place, small)
        took, memory = validate(place, path)
        note(f"{path.stat().st_size / 1e6:.1f} MB; a tenth of it takes {tenth:.2f} s")
        Result(
            f"{SIZE} tasks: validate (s)", took, parse, "json.loads in Python", took / parse, "no quadratic step",
            took <= 20 * tenth).write()
        Result(f"{SIZE} tasks: validate, peak (MB)", memory, None, "-", None, "-", None).write()
        with Daemon(place) as daemon:
            Result(
                f"{SIZE} tasks: start to ready (s)", daemon.seconds_to_ready, parse, "json.loads in Python",
                daemon.seconds_to_ready / parse, "-", None).write()
            Result(
                f"{SIZE} tasks: daemon resident (MB)", daemon.memory() / 1e6, None, "-", None, "-", None).write()
            sent = time.perf_counter()
            run = daemon.api.trigger("large")
            Result(
                f"{SIZE} tasks: trigger to answer (s)", time.perf_counter() - sent, None, "-", None, "-", None).write()
            began = time.perf_counter()
            daemon.api.request("POST", f"/api/v1/dags/large/runs/{run}/cancel", {})
            state = daemon.api.wait("large", run)
            Result(
                f"{SIZE} tasks: cancel (s)", time.perf_counter() - began, None, state, None, "-", None).write()


if __name__ == "__main__":
    main()
