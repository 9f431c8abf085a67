"""Picks and fills the features and splits the customers 60 / 20 / 20, each part with the same churn rate."""

from __future__ import annotations

import pandas as pd
from sklearn.model_selection import train_test_split

import orchestrator_task as task
from churn import FEATURES, ID, SEED, TARGET


def features(customers: pd.DataFrame) -> pd.DataFrame:
    """The columns a model may see. Customers in their first month have paid nothing yet."""
    filled = customers.assign(total_charges=customers["total_charges"].fillna(0.0))
    return filled[[ID, *FEATURES, TARGET]]


def main() -> None:
    customers = features(pd.read_parquet(task.input_file("extract", "customers.parquet")))
    train, rest = train_test_split(
        customers, test_size=0.4, stratify=customers[TARGET], random_state=SEED)
    validation, test = train_test_split(rest, test_size=0.5, stratify=rest[TARGET], random_state=SEED)
    parts = {"train": train, "validation": validation, "test": test}
    for name, part in parts.items():
        part.to_parquet(task.artifact(f"{name}.parquet"), index=False)
        print(f"{name:10} {len(part):5} customers, {part[TARGET].mean():.1%} churned")
    task.write_outputs({f"{name}_rows": len(part) for name, part in parts.items()})


main()
