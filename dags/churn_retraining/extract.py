"""Reads the customers as the source delivers them and writes one typed table."""

from __future__ import annotations

import pandas as pd

import orchestrator_task as task
from churn import ID, TARGET


def main() -> None:
    source = task.data_file("wa_churn.pkl.compress")
    # A pickle can run code when it is read; this one is accepted by sha256 in scripts/setup-demo.
    raw = pd.read_pickle(source, compression="xz")
    customers = raw.rename(columns={"rownames": ID})
    customers.insert(1, TARGET, customers.pop("churn").map({"Yes": 1, "No": 0}))
    customers.to_parquet(task.artifact("customers.parquet"), index=False)
    print(customers.head().T.to_string())
    task.write_outputs({
        "rows": len(customers),
        "columns": customers.shape[1],
        "source": source.name,
        "source_sha256": task.sha256(source),
    })


main()
