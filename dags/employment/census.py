"""The census tables: people of Massachusetts by year, who of them is employed, and how a year is split.

2015 is what the first model is trained on; 2016, 2017 and 2018 arrive as batches. Every year is split
the same way, and only its `train` part is ever trained on, so the other parts stay honest judges.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

import orchestrator_task as task

REFERENCE_YEAR = "2015"
LABEL = "employed"
AGE = "AGEP"
CODES = {
    "SCHL": "Education", "MAR": "Marital status", "RELP": "Relationship", "DIS": "Disability",
    "ESP": "Parents' employment", "CIT": "Citizenship", "MIG": "Moved", "MIL": "Military service",
    "ANC": "Ancestry recode", "NATIVITY": "Nativity", "DEAR": "Hearing", "DEYE": "Vision",
    "DREM": "Cognition", "SEX": "Sex", "RAC1P": "Race",
}
NAMES = {AGE: "Age"} | CODES
FEATURES = list(NAMES)
SHARES = {"train": 0.6, "validation": 0.2, "holdout": 0.2}

Part = Literal["train", "validation", "holdout"]


def year_table(year: str) -> pd.DataFrame:
    """All people of one year with their label; codes as numbers."""
    if year == REFERENCE_YEAR:
        table = pd.read_parquet(task.data_file("employment_MA_reference.pq"))
    else:
        people = pd.read_parquet(task.data_file("employment_MA_analysis.pq"))
        labels = pd.read_parquet(task.data_file("employment_MA_analysis_target.pq"))
        table = people[people["year"] == int(year)].merge(labels, on="id", validate="one_to_one")
    result = table[["id", *FEATURES, LABEL]].astype({name: "float64" for name in FEATURES})
    return result.reset_index(drop=True)


def part(table: pd.DataFrame, name: Part) -> pd.DataFrame:
    """One part of a year. The id alone decides, so a person is in the same part in every run."""
    # Knuth's multiplicative hash spreads the consecutive ids evenly over 32 bits.
    place = (table["id"].to_numpy(dtype=np.uint64) * np.uint64(2654435761)) % np.uint64(2**32) / 2**32
    edges = np.cumsum(list(SHARES.values()))
    return table[np.searchsorted(edges[:-1], place, side="right") == list(SHARES).index(name)]


def training_rows(years: list[str]) -> pd.DataFrame:
    """What a model trained on these years has seen."""
    return pd.concat([part(year_table(year), "train") for year in years], ignore_index=True)
