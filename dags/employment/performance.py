"""How well the champion does on a batch whose labels have arrived, on people it was not trained on."""

from __future__ import annotations

import joblib
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

import orchestrator_task as task
from census import FEATURES, LABEL, part


def main() -> None:
    inputs = task.inputs()
    holder = inputs["ensure_champion"]
    batch = pd.read_parquet(inputs["load_batch"]["batch.parquet"])
    unseen = pd.concat([part(batch, "validation"), part(batch, "holdout")])
    scores = joblib.load(holder["champion.joblib"]).predict_proba(unseen[FEATURES])[:, 1]
    roc_auc = roc_auc_score(unseen[LABEL], scores)
    drop = holder["reference_roc_auc"] - roc_auc
    task.write_outputs({"roc_auc": float(roc_auc), "roc_auc_drop": float(drop)})
    task.write_metrics({
        "roc_auc": roc_auc,
        "roc_auc_drop": drop,
        "log_loss": log_loss(unseen[LABEL], scores),
        "calibration_gap": scores.mean() - unseen[LABEL].mean(),
    })


main()
