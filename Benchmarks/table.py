"""Turns the results of the programs (lines of JSON on standard input) into a table."""

from __future__ import annotations

import json
import sys

HEADS = ("name", "ours", "peer or limit", "ratio", "budget", "")


def number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def row(result: dict[str, object]) -> tuple[str, ...]:
    ours, peer, ratio = (result.get(key) for key in ("ours", "peer", "ratio"))
    beside = str(result.get("peer_name") or "-")
    if isinstance(peer, (int, float)):
        beside = f"{number(peer)} {beside}"
    verdict = {True: "ok", False: "OVER"}.get(result.get("ok"), "")  # type: ignore[arg-type]
    return (
        str(result["name"]),
        number(ours if isinstance(ours, (int, float)) else None),
        beside,
        f"{ratio:.2f}" if isinstance(ratio, (int, float)) else "-",
        str(result["budget"]),
        verdict,
    )


def main() -> int:
    results = [json.loads(line) for line in sys.stdin if line.startswith("{")]
    rows = [HEADS, *(row(result) for result in results)]
    widths = [max(len(one[column]) for one in rows) for column in range(len(HEADS))]
    for one in rows:
        print("  ".join(text.ljust(width) for text, width in zip(one, widths, strict=True)).rstrip())
    return 0 if all(result.get("ok") is not False for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
