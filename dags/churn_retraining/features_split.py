"""Picks and fills the features and splits the customers 60 / 20 / 20."""

from __future__ import annotations

import pandas as pd

import orchestrator_task as task
from churn import SHARES, TARGET, features, part


def main() -> None:
    customers = features(pd.read_parquet(task.input_file("extract", "customers.parquet")))
    parts = {name: part(customers, name) for name in SHARES}
    for name, rows in parts.items():
        rows.to_parquet(task.artifact(f"{name}.parquet"), index=False)
        print(f"{name:10} {len(rows):5} customers, {rows[TARGET].mean():.1%} churned")
    task.write_outputs({f"{name}_rows": len(rows) for name, rows in parts.items()})


main()
