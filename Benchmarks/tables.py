"""Tables of a gigabyte: looked through, checked and counted, beside a program that only reads them."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import time
from pathlib import Path

from bench.daemon import Workplace, environment
from bench.result import Result, interleave, median_ratio, note

SIZE = int(os.environ.get("BENCHMARK_TABLE_BYTES", 1_000_000_000))
ROUNDS = 3
SECONDS = 30
MEGABYTES = 100
STATES = ["MA", "NH", "VT", "ME", "RI", "CT"]


def write(path: Path, header: str, line) -> int:  # type: ignore[no-untyped-def]
    """Rows of pseudo-random values up to the size; how many."""
    draw = random.Random(20261121)
    # A block of rows is drawn once and repeated with running ids: drawing a gigabyte would take minutes.
    block = [
        (draw.randrange(18, 95), round(draw.uniform(0, 250_000), 2), draw.choice(STATES), draw.randrange(1, 29))
        for _ in range(10_000)
    ]
    rows = written = 0
    with open(path, "w", encoding="utf-8") as file:
        written += file.write(header)
        while written < SIZE:
            written += file.write("".join(line(rows + place, *row) for place, row in enumerate(block)))
            rows += len(block)
    return rows


def csv_line(number: int, age: int, income: float, state: str, day: int) -> str:
    return f'{number},{age},{income},{state},"a ""text"", of row {number % 977}",2026-03-{day:02}T10:00:00Z\n'


def json_line(number: int, age: int, income: float, state: str, day: int) -> str:
    return (
        f'{{"id": {number}, "age": {age}, "income": {income}, "state": "{state}", '
        f'"note": "a text, of row {number % 977}", "seen": "2026-03-{day:02}T10:00:00Z"}}\n'
    )


def call(*arguments: str) -> tuple[float, float]:
    """Seconds and peak megabytes of a program that must succeed."""
    began = time.perf_counter()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"{arguments} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - began, usage.ru_maxrss * 1024 / 1e6


def measure(place: Workplace, name: str, path: Path, *options: str) -> None:
    memory = 0.0

    def ours() -> float:
        nonlocal memory
        took, used = call(*place.command("profile", str(path), *options))
        memory = max(memory, used)
        return took

    figures, peers = interleave(ROUNDS, ours, lambda: call("wc", "-l", str(path))[0])
    took = statistics.median(figures)
    scale = SIZE / 1e9
    Result(
        f"{name} (s)", took, statistics.median(peers), "wc -l", median_ratio(figures, peers),
        f"<= {SECONDS} s a GB", took <= SECONDS * scale).write()
    Result(f"{name}: peak (MB)", memory, None, "-", None, f"<= {MEGABYTES}", memory <= MEGABYTES).write()


def main() -> None:
    with Workplace() as place:
        table = place.root / "table.csv"
        rows = write(table, "id,age,income,state,note,seen\n", csv_line)
        note(f"CSV: {rows:,} rows, {table.stat().st_size / 1e9:.2f} GB")
        measure(place, "1 GB of CSV: six columns described", table)
        measure(place, "1 GB of CSV: and one counted for duplicates", table, "--unique", "id")
        table.unlink()
        lines = place.root / "table.jsonl"
        rows = write(lines, "", json_line)
        note(f"JSON Lines: {rows:,} rows, {lines.stat().st_size / 1e9:.2f} GB")
        measure(place, "1 GB of JSON Lines: six columns described", lines)


if __name__ == "__main__":
    main()
