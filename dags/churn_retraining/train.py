"""Trains one candidate: `train.py logistic`, `train.py boosted` or `train.py forest`."""

from __future__ import annotations

import sys
import time

import joblib
import pandas as pd
from sklearn.base import ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

import orchestrator_task as task
from churn import CATEGORICAL, FEATURES, FLAGS, NUMERIC, SEED, TARGET


def candidate(name: str) -> Pipeline:
    """Preprocessing and classifier in one pipeline, so that serving cannot differ from training."""
    one_hot = (OneHotEncoder(handle_unknown="ignore"), CATEGORICAL)
    ordinal = (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), CATEGORICAL)
    classifier: ClassifierMixin
    match name:
        case "logistic":
            columns = make_column_transformer((StandardScaler(), NUMERIC), ("passthrough", FLAGS), one_hot)
            classifier = LogisticRegression(C=0.5, max_iter=2000)
        case "boosted":
            columns = make_column_transformer(ordinal, ("passthrough", NUMERIC + FLAGS))
            classifier = HistGradientBoostingClassifier(
                learning_rate=0.05, max_iter=120, max_leaf_nodes=8, l2_regularization=1.0,
                categorical_features=list(range(len(CATEGORICAL))), random_state=SEED)
        case "forest":
            columns = make_column_transformer(one_hot, ("passthrough", NUMERIC + FLAGS))
            classifier = RandomForestClassifier(
                n_estimators=300, min_samples_leaf=8, max_features="sqrt", random_state=SEED)
        case _:
            raise SystemExit(f"unknown candidate {name!r}")
    return make_pipeline(columns, classifier)


def main() -> None:
    name = sys.argv[1]
    train = pd.read_parquet(task.input_file("features_split", "train.parquet"))
    validation = pd.read_parquet(task.input_file("features_split", "validation.parquet"))

    model = candidate(name)
    started = time.perf_counter()
    model.fit(train[FEATURES], train[TARGET])
    fit_seconds = time.perf_counter() - started

    scores = model.predict_proba(validation[FEATURES])[:, 1]
    joblib.dump(model, task.artifact("model.joblib"), compress=3)
    task.write_outputs({"candidate": name})
    task.write_metrics({
        "validation_roc_auc": roc_auc_score(validation[TARGET], scores),
        "validation_log_loss": log_loss(validation[TARGET], scores),
        "train_roc_auc": roc_auc_score(train[TARGET], model.predict_proba(train[FEATURES])[:, 1]),
        "fit_seconds": fit_seconds,
    })


main()
