"""Trains a challenger: `all` on the champion's years and the batch, `batch` on the batch alone."""

from __future__ import annotations

import sys
import time

import joblib
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

import champion
import orchestrator_task as task
from census import FEATURES, LABEL, part, training_rows


def main() -> None:
    which = sys.argv[1]
    inputs = task.inputs()
    year = inputs["load_batch"]["year"]
    batch = pd.read_parquet(inputs["load_batch"]["batch.parquet"])
    match which:
        case "all":
            years = sorted({*inputs["ensure_champion"]["years"], year})
        case "batch":
            years = [year]
        case _:
            raise SystemExit(f"unknown challenger {which!r}")
    rows = training_rows(years)
    started = time.perf_counter()
    model = champion.train(rows)
    fit_seconds = time.perf_counter() - started

    validation = part(batch, "validation")
    scores = model.predict_proba(validation[FEATURES])[:, 1]
    joblib.dump(model, task.artifact("model.joblib"))
    roc_auc = roc_auc_score(validation[LABEL], scores)
    task.write_outputs({"years": years, "validation_roc_auc": float(roc_auc)})
    task.write_metrics({
        "validation_roc_auc": roc_auc,
        "validation_log_loss": log_loss(validation[LABEL], scores),
        "training_rows": len(rows),
        "fit_seconds": fit_seconds,
    })


main()
