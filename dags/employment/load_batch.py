"""Takes one yearly batch out of the source and measures whether it is whole."""

from __future__ import annotations

import orchestrator_task as task
from census import CODES, LABEL, REFERENCE_YEAR, year_table


def main() -> None:
    year = task.params()["batch"]
    batch = year_table(year)
    known = year_table(REFERENCE_YEAR)
    unknown = {name: (~batch[name].isin(known[name].unique())).mean() for name in CODES}
    batch.to_parquet(task.artifact("batch.parquet"), index=False)
    task.write_outputs({"year": year, "rows": len(batch)})
    task.write_metrics({
        "row_count": len(batch),
        "null_fraction": batch.isna().to_numpy().mean(),
        "duplicate_ids": batch["id"].duplicated().sum(),
        "positive_rate": batch[LABEL].mean(),
        "max_unknown_fraction": max(unknown.values()),
    })


main()
