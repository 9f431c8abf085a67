"""Picks the candidate that is best on the validation part and judges it once on the test part.

The baseline to beat is what an office clerk could do without a model: the churn rate of the
customer's kind of contract.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

import orchestrator_task as task
from churn import CANDIDATES, FEATURES, TARGET


def main() -> None:
    split = task.inputs()["features_split"]
    train, validation, test = (
        pd.read_parquet(split[f"{name}.parquet"]) for name in ("train", "validation", "test"))
    paths = {name: task.input_file(f"train_{name}", "model.joblib") for name in CANDIDATES}
    models = {name: joblib.load(path) for name, path in paths.items()}

    validation_auc = {
        name: roc_auc_score(validation[TARGET], model.predict_proba(validation[FEATURES])[:, 1])
        for name, model in models.items()
    }
    best = max(validation_auc, key=validation_auc.__getitem__)

    truth = test[TARGET]
    scores = pd.DataFrame({
        name: model.predict_proba(test[FEATURES])[:, 1] for name, model in models.items()})
    rates = train.groupby("contract")[TARGET].mean()
    scores["baseline"] = test["contract"].map(rates).to_numpy()
    scores.insert(0, TARGET, truth.to_numpy())

    metrics = judge(truth, scores[best].to_numpy(), scores["baseline"].to_numpy(), train[TARGET].mean())
    print(f"{'candidate':10} validation ROC AUC")
    for name, auc in sorted(validation_auc.items(), key=lambda item: -item[1]):
        print(f"{name:10} {auc:.4f}{'  <- chosen' if name == best else ''}")

    shutil.copyfile(paths[best], task.artifact("model.joblib"))
    scores.to_parquet(task.artifact("test_scores.parquet"), index=False)
    write_evaluation(task.artifact("evaluation.json"), best, validation_auc, metrics)
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


def write_evaluation(
    path: Path, best: str, validation_auc: dict[str, float], metrics: dict[str, float]
) -> None:
    """Keeps the verdict as one file for packaging."""
    value = {"best": best, "validation_roc_auc": validation_auc, "test": metrics}
    path.write_text(json.dumps(value, indent=2, default=float))


main()
