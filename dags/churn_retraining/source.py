"""The customers as the source delivers them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import orchestrator_task as task
from churn import ID, TARGET


def read() -> tuple[pd.DataFrame, Path]:
    """One typed table of all customers, and the file it comes from."""
    source = task.data_file("wa_churn.pkl.compress")
    # A pickle can run code when it is read; this one is accepted by sha256 in scripts/setup-demo.
    raw = pd.read_pickle(source, compression="xz")
    customers = raw.rename(columns={"rownames": ID})
    customers.insert(1, TARGET, customers.pop("churn").map({"Yes": 1, "No": 0}))
    return customers, source
