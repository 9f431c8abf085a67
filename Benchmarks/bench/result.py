"""One line of the table, and the arithmetic that leads to it."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Result:
    """`ratio` is ours to the peer's. `ok` is None where the figure has no budget of its own."""

    name: str
    ours: float
    peer: float | None
    peer_name: str
    ratio: float | None
    budget: str
    ok: bool | None

    def write(self) -> None:
        """As a line of JSON on standard output, which `table.py` turns into a row."""
        print(json.dumps(asdict(self)), flush=True)


def note(text: str) -> None:
    """For the person who watches; standard output holds results alone."""
    print(text, file=sys.stderr, flush=True)


def percentile(values: Sequence[float], percent: float) -> float:
    """By nearest rank: the smallest value that at least `percent` % of the values do not exceed."""
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(rank) - 1)]


def interleave(rounds: int, *sides: Callable[[], float]) -> list[list[float]]:
    """Measures A B A B ..., so that a change of the machine's mood meets all sides alike."""
    figures: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for figure, side in zip(figures, sides, strict=True):
            figure.append(side())
    return figures


def median_ratio(ours: Sequence[float], peers: Sequence[float]) -> float:
    """The median of the ratios of neighbours: what both suffered together cancels out."""
    return statistics.median(our / peer for our, peer in zip(ours, peers, strict=True))
