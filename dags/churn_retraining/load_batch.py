"""A batch of customers as it comes in, with what the champion says of them; none of them trained the first champion."""

from __future__ import annotations

import os
from pathlib import Path

import orchestrator_task as task
import source
from bundle import Bundle
from churn import features, kind, part


def main() -> None:
    name = task.params()["batch"]
    customers = features(kind(source.read()[0], name))
    if name != "fiber":
        customers = part(customers, "validation")
    champion = Bundle.read(Path(os.environ["ORCHESTRATOR_CHAMPION_PATH"]))
    batch = customers.assign(churn_probability=champion.scores(customers))
    batch.to_csv(task.artifact("batch.csv"), index=False)
    task.write_outputs({"rows": len(batch), "champion": os.environ["ORCHESTRATOR_CHAMPION_VERSION"]})
    task.write_metrics({"row_count": len(batch)})


main()
