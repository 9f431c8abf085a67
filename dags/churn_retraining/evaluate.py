"""Judges the packaged model once on the test part.

The baseline to beat is what an office clerk could do without a model: the churn rate of the customer's kind of
contract.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

import orchestrator_task as task
from bundle import Bundle
from churn import CANDIDATES, FEATURES, TARGET

SLICES = {"senior_citizen": {0: "no", 1: "yes"}, "female": {0: "no", 1: "yes"}}


def main() -> None:
    train, test = (pd.read_parquet(task.input_file("features_split", f"{name}.parquet")) for name in ("train", "test"))
    model = Bundle.read(Path(os.environ["ORCHESTRATOR_MODEL_PATH"]))
    best = model.manifest["candidate"]
    scores = pd.DataFrame({
        name: joblib.load(task.input_file(f"train_{name}", "model.joblib")).predict_proba(test[FEATURES])[:, 1]
        for name in CANDIDATES})
    scores["baseline"] = test["contract"].map(train.groupby("contract")[TARGET].mean()).to_numpy()
    scores.insert(0, TARGET, test[TARGET].to_numpy())

    metrics = judge(scores[TARGET], model.scores(test), scores["baseline"].to_numpy(), train[TARGET].mean())
    metrics["train_roc_auc"] = roc_auc_score(train[TARGET], model.scores(train))
    metrics |= by_group(test, model.scores(test))

    scores.to_parquet(task.artifact("test_scores.parquet"), index=False)
    evaluation = {"best": best, "validation_roc_auc": model.manifest["validation_roc_auc"], "test": metrics}
    task.artifact("evaluation.json").write_text(json.dumps(evaluation, indent=2, default=float))
    task.write_outputs({"best": best, "test_rows": len(test)})
    task.write_metrics(metrics)


def judge(truth: pd.Series, scores: np.ndarray, baseline: np.ndarray, prior: float) -> dict[str, float]:
    """The test metrics of the chosen model, and its lead over the baseline and over the plain rate."""
    auc, baseline_auc = roc_auc_score(truth, scores), roc_auc_score(truth, baseline)
    loss = log_loss(truth, scores)
    return {
        "roc_auc": auc,
        "baseline_roc_auc": baseline_auc,
        "margin_over_baseline": auc - baseline_auc,
        "average_precision": average_precision_score(truth, scores),
        "log_loss": loss,
        "log_loss_gain": log_loss(truth, np.full(len(truth), prior)) - loss,
        "brier_score": brier_score_loss(truth, scores),
        "mean_predicted_rate": scores.mean(),
        "observed_rate": truth.mean(),
    }


def by_group(test: pd.DataFrame, scores: np.ndarray) -> dict[str, float]:
    """The area under the ROC curve within each group of people, as `roc_auc[GROUP:VALUE]`."""
    areas = {}
    for column, names in SLICES.items():
        for value, name in names.items():
            chosen = (test[column] == value).to_numpy()
            areas[f"roc_auc[{column}:{name}]"] = roc_auc_score(test[TARGET][chosen], scores[chosen])
    return areas


main()
