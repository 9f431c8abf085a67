"""What a task's program needs of the orchestrator: params and inputs in; outputs, metrics and files out.

Everything goes through the files and folders named in the environment, so a program can also be run
by hand: without them it has no inputs, prints its outputs and metrics, and writes files to the
current folder.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def params() -> dict[str, Any]:
    """The run's params."""
    return _read_object("ORCHESTRATOR_PARAMS")


def inputs() -> dict[str, dict[str, Any]]:
    """Outputs (by name) and artifacts (by name, value is an absolute path) of the tasks upstream."""
    return _read_object("ORCHESTRATOR_INPUTS")


def input_file(task_id: str, name: str) -> Path:
    """The path of an upstream artifact."""
    return Path(inputs()[task_id][name])


def artifact(name: str) -> Path:
    """Where to write a declared artifact."""
    return Path(os.environ.get("ORCHESTRATOR_ARTIFACTS", ".")) / name


def write_outputs(values: Mapping[str, Any]) -> None:
    """Hands small values to the tasks downstream; types are kept."""
    _append("ORCHESTRATOR_OUTPUT", "output", {name: json.dumps(value) for name, value in values.items()})


def write_metrics(values: Mapping[str, float]) -> None:
    """Records numbers that gates, plots and comparisons use."""
    _append("ORCHESTRATOR_METRICS", "metric", {name: repr(float(value)) for name, value in values.items()})


def state_folder(name: str) -> Path:
    """The folder, made when missing, of what outlives a run: the served model, the champion."""
    folder = Path(params().get("state_dir", "../.demo/state")).resolve() / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data_file(name: str) -> Path:
    """A table that scripts/setup-demo downloaded."""
    path = Path(os.environ.get("DEMO_DATA", "../.demo/data")).resolve() / name
    if not path.exists():
        raise SystemExit(f"{path} is missing: run scripts/setup-demo first")
    return path


def sha256(path: Path) -> str:
    """The content hash of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace_json(path: Path, value: Any) -> None:
    """Writes JSON so that a reader, or a crash, sees the old file or the new one and nothing between."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("w") as file:
        json.dump(value, file, indent=2, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _read_object(variable: str) -> dict[str, Any]:
    path = os.environ.get(variable)
    return json.loads(Path(path).read_text()) if path else {}


def _append(variable: str, kind: str, lines: Mapping[str, str]) -> None:
    text = "".join(f"{name}={value}\n" for name, value in lines.items())
    path = os.environ.get(variable)
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    for name, value in lines.items():
        print(f"{kind} {name} = {value}", flush=True)
