"""The DAGs that are measured, for us and for ninja."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

Command = str | list[str]


@dataclass(frozen=True)
class Graph:
    """Task ids with what they depend on, in topological order."""

    name: str
    upstream: dict[str, list[str]]

    def write_dag(self, folder: Path, dag_id: str, command: Command, width: int = 16) -> Path:
        tasks = [
            {"task_id": task, "command": command, **({"depends_on": names} if names else {})}
            for task, names in self.upstream.items()
        ]
        path = folder / f"{dag_id}.json"
        path.write_text(json.dumps({"dag_id": dag_id, "max_active_tasks": width, "tasks": tasks}))
        return path

    def write_ninja(self, folder: Path, command: str) -> Path:
        """No output is ever made, so every build runs everything."""
        lines = ["rule task", f"  command = {command}"]
        for task, names in self.upstream.items():
            lines.append(f"build {task}: task {' '.join(names)}".rstrip())
        needed = {name for names in self.upstream.values() for name in names}
        lines.append("default " + " ".join(task for task in self.upstream if task not in needed))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "build.ninja"
        path.write_text("\n".join(lines) + "\n")
        return path


def fan_out(size: int = 1000) -> Graph:
    """One task, all others below it, and one that joins them."""
    middle = {f"task_{index}": ["first"] for index in range(size - 2)}
    return Graph("fan-out", {"first": [], **middle, "last": list(middle)})


def layered(size: int = 1000, layer: int = 50) -> Graph:
    """Layers of 50, each task below three of the layer before."""
    upstream: dict[str, list[str]] = {}
    for index in range(size):
        depth, place = divmod(index, layer)
        names = [] if depth == 0 else [f"task_{(depth - 1) * layer + (place + k) % layer}" for k in (0, 7, 19)]
        upstream[f"task_{index}"] = names
    return Graph("layered", upstream)


def chain(size: int) -> Graph:
    return Graph("chain", {f"task_{n}": [f"task_{n - 1}"] if n else [] for n in range(size)})


def independent(size: int) -> Graph:
    return Graph("independent", {f"task_{n}": [] for n in range(size)})
