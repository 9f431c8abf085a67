"""Measures what is wrong with the customers' table. The gate of the DAG file decides on the numbers."""

from __future__ import annotations

import pandas as pd

import orchestrator_task as task
from churn import CATEGORICAL, FLAGS, ID, TARGET


def measure(customers: pd.DataFrame) -> dict[str, float]:
    """Counts and shares; each is 0 in a perfect table, except row_count and positive_rate."""
    charges = customers["monthly_charges"]
    # Without a first full month there is no total yet; any other missing total is a fault.
    total_missing = customers["total_charges"].isna()
    return {
        "row_count": len(customers),
        "positive_rate": customers[TARGET].mean(),
        "null_fraction": customers.isna().to_numpy().mean(),
        "unexplained_nulls": customers.drop(columns="total_charges").isna().to_numpy().sum()
        + (total_missing & (customers["tenure"] > 0)).sum(),
        "duplicate_ids": customers[ID].duplicated().sum(),
        "duplicate_fraction": customers.drop(columns=ID).duplicated().mean(),
        "bad_flags": (~customers[FLAGS].isin([0, 1])).to_numpy().sum(),
        "bad_charges": ((charges <= 0) | (charges > 1000)).sum(),
        "constant_columns": (customers.nunique() < 2).sum(),
        "most_categories": customers[CATEGORICAL].nunique().max(),
    }


def main() -> None:
    customers = pd.read_parquet(task.input_file("extract", "customers.parquet"))
    task.write_metrics(measure(customers))
    profile = customers.describe(include="all").T
    profile["nulls"] = customers.isna().sum()
    profile.to_csv(task.artifact("profile.csv"), index_label="column")


main()
