"""Hands on the champion and the years it knows; trains the first one on the reference year."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import joblib
from sklearn.metrics import log_loss, roc_auc_score

import champion
import orchestrator_task as task
from census import FEATURES, LABEL, REFERENCE_YEAR, part, training_rows, year_table


def first_champion() -> champion.Champion:
    """Trains on the reference year."""
    print(f"no champion yet: training one on {REFERENCE_YEAR}", flush=True)
    model = champion.train(training_rows([REFERENCE_YEAR]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.joblib"
        joblib.dump(model, path)
        return champion.enthrone(path, [REFERENCE_YEAR])


def main() -> None:
    with champion.exclusive():
        holder = champion.current() or first_champion()
    # The runs below use this copy, so a promotion in between cannot mix two champions.
    copy = task.artifact("champion.joblib")
    shutil.copyfile(holder.model, copy)
    holdout = part(year_table(REFERENCE_YEAR), "holdout")
    scores = joblib.load(copy).predict_proba(holdout[FEATURES])[:, 1]
    task.write_outputs({
        "version": holder.version, "years": holder.years,
        "reference_roc_auc": float(roc_auc_score(holdout[LABEL], scores)),
    })
    task.write_metrics({
        "reference_roc_auc": roc_auc_score(holdout[LABEL], scores),
        "reference_log_loss": log_loss(holdout[LABEL], scores),
    })


main()
