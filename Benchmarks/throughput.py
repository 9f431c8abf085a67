"""1,000 tasks of /bin/true, 16 wide, beside `ninja -j16` on the same graph.

Ours keeps a durable record of every state and every attempt's log file; ninja keeps neither.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.daemon import Daemon, Workplace, environment
from bench.dags import Command, Graph, fan_out, layered
from bench.result import Result, interleave, median_ratio, note

WIDTH = 16
ROUNDS = 5
GRAPHS: dict[str, Callable[[], Graph]] = {"fan-out": fan_out, "layered": layered}


def seconds(action: Callable[[], None]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def ninja(folder: Path) -> None:
    subprocess.run(
        ["ninja", "-C", str(folder), f"-j{WIDTH}", "--quiet"],
        check=True,
        stdout=subprocess.DEVNULL,
        env=environment(),
    )


def through_daemon(daemon: Daemon, dag_id: str) -> None:
    run = daemon.api.trigger(dag_id)
    state = daemon.api.wait(dag_id, run)
    if state != "success":
        raise RuntimeError(f"{dag_id} ended as {state}")


def foreground(place: Workplace, file: Path) -> None:
    command = place.command("run", str(file), "--parallelism", str(WIDTH), "--output", "json")
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())


def measure(graph: Graph, command: Command, ninja_command: str) -> None:
    kind = "array" if isinstance(command, list) else "shell"
    label = f"{graph.name} of {len(graph.upstream)}, {WIDTH} wide, {kind}"
    dag_id = f"{graph.name}_{kind}".replace("-", "_")
    with Workplace() as place, Workplace() as other:
        graph.write_dag(place.dags, dag_id, command, WIDTH)
        file = graph.write_dag(other.root, dag_id, command, WIDTH)
        build = place.root / "ninja"
        graph.write_ninja(build, ninja_command)
        with Daemon(place, parallelism=WIDTH) as daemon:
            through_daemon(daemon, dag_id)
            ninja(build)
            ours, peers, alone = interleave(
                ROUNDS,
                lambda: seconds(lambda: through_daemon(daemon, dag_id)),
                lambda: seconds(lambda: ninja(build)),
                lambda: seconds(lambda: foreground(other, file)),
            )
    note(f"{label}: daemon {ours}, ninja {peers}, run {alone}")
    report(f"{label}: daemon (s)", ours, peers)
    report(f"{label}: run (s)", alone, peers)


def report(name: str, ours: list[float], peers: list[float]) -> None:
    ratio = median_ratio(ours, peers)
    Result(
        name, statistics.median(ours), statistics.median(peers), f"ninja -j{WIDTH}", ratio,
        "<= 1.0 x", ratio <= 1.0).write()


if __name__ == "__main__":
    for graph_name in sys.argv[1:] or GRAPHS:
        measure(GRAPHS[graph_name](), ["/bin/true"], "/bin/true")
        measure(GRAPHS[graph_name](), "true", "true")
