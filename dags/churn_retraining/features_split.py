"""Makes the features and splits the customers 60 / 20 / 20, each part with the same churn rate."""

from __future__ import annotations

import pandas as pd
from sklearn.model_selection import train_test_split

import orchestrator_task as task
from churn import FEATURES, ID, SEED, TARGET


def add_features(customers: pd.DataFrame) -> pd.DataFrame:
    """Fills the totals of first-month customers and adds how the price moved against their average."""
    result = customers.copy()
    result["total_charges"] = result["total_charges"].fillna(0.0)
    average = result["total_charges"] / result["tenure"].clip(lower=1)
    result["charge_change"] = (result["monthly_charges"] - average).where(result["tenure"] > 0, 0.0)
    return result[[ID, *FEATURES, TARGET]]


def main() -> None:
    customers = add_features(pd.read_parquet(task.input_file("extract", "customers.parquet")))
    train, rest = train_test_split(
        customers, test_size=0.4, stratify=customers[TARGET], random_state=SEED)
    validation, test = train_test_split(rest, test_size=0.5, stratify=rest[TARGET], random_state=SEED)
    parts = {"train": train, "validation": validation, "test": test}
    for name, part in parts.items():
        part.to_parquet(task.artifact(f"{name}.parquet"), index=False)
        print(f"{name:10} {len(part):5} customers, {part[TARGET].mean():.1%} churned")
    task.write_outputs({f"{name}_rows": len(part) for name, part in parts.items()})


main()
