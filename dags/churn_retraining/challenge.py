"""Lets the new model meet the champion on the same test customers, whom neither has seen. The gate decides."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
from sklearn.metrics import roc_auc_score

import orchestrator_task as task
from bundle import Bundle
from churn import TARGET


def main() -> None:
    test = pd.read_parquet(task.input_file("features_split", "test.parquet"))
    scores = Bundle.read(Path(os.environ["ORCHESTRATOR_MODEL_PATH"])).scores(test)
    table = pd.DataFrame({"label": test[TARGET], "score": scores})
    metrics = {"roc_auc": roc_auc_score(table["label"], scores)}
    if champion := os.environ.get("ORCHESTRATOR_CHAMPION_PATH"):
        table["champion_score"] = Bundle.read(Path(champion)).scores(test)
        metrics["champion.roc_auc"] = roc_auc_score(table["label"], table["champion_score"])
        print(f"version {os.environ['ORCHESTRATOR_MODEL_VERSION']} {metrics['roc_auc']:.4f}, champion (version "
              f"{os.environ['ORCHESTRATOR_CHAMPION_VERSION']}) {metrics['champion.roc_auc']:.4f}")
    table.to_csv(task.artifact("meeting.csv"), index=False)
    task.write_metrics(metrics)


main()
