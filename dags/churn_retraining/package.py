"""Picks the candidate that is best on the validation part and packs it for serving, as a version of the model.

The package holds the model, its input schema and sample answers; the same model gives the same bytes. Beside it goes
what later batches are compared with: the test customers and what the model says of them.
"""

from __future__ import annotations

import gzip
import io
import json
import platform
import tarfile
from importlib.metadata import version
from typing import Any

import joblib
import pandas as pd
from sklearn.metrics import roc_auc_score

import orchestrator_task as task
from churn import CANDIDATES, CATEGORICAL, FEATURES, FLAGS, ID, SHARES, TARGET

SAMPLES = 5


def input_schema(train: pd.DataFrame) -> dict[str, Any]:
    """A JSON Schema of one customer, with the categories seen in training."""
    def describe(name: str) -> dict[str, Any]:
        if name in CATEGORICAL:
            return {"type": "string", "enum": sorted(train[name].unique())}
        if name in FLAGS:
            return {"type": "integer", "enum": [0, 1]}
        return {"type": "number"}

    properties = {name: describe(name) for name in FEATURES}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Customer", "type": "object",
        "properties": properties, "required": FEATURES, "additionalProperties": False,
    }


def archive(files: dict[str, bytes]) -> bytes:
    """A tar.gz without times and owners."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def choose(validation: pd.DataFrame) -> tuple[str, dict[str, float]]:
    """The best candidate, and every candidate's area under the ROC curve."""
    areas = {}
    for name in CANDIDATES:
        model = joblib.load(task.input_file(f"train_{name}", "model.joblib"))
        areas[name] = roc_auc_score(validation[TARGET], model.predict_proba(validation[FEATURES])[:, 1])
    best = max(areas, key=areas.__getitem__)
    for name, area in sorted(areas.items(), key=lambda item: -item[1]):
        print(f"{name:10} {area:.4f}{'  <- chosen' if name == best else ''}")
    return best, areas


def main() -> None:
    train, validation, test = (
        pd.read_parquet(task.input_file("features_split", f"{name}.parquet")) for name in SHARES)
    best, areas = choose(validation)
    model_path = task.input_file(f"train_{best}", "model.joblib")
    scores = joblib.load(model_path).predict_proba(test[FEATURES])[:, 1]
    model_version = task.sha256(model_path)[:12]
    manifest = {
        "name": "churn",
        "version": model_version,
        "candidate": best,
        "algorithm": CANDIDATES[best],
        "target": TARGET,
        "model_sha256": task.sha256(model_path),
        "train_rows": len(train),
        "validation_roc_auc": areas,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("scikit-learn", "numpy", "pandas", "joblib")},
    }
    documents = {
        "manifest.json": manifest,
        "schema.json": input_schema(train),
        "samples.json": {
            "customers": test[FEATURES].head(SAMPLES).to_dict(orient="records"),
            "churn_probability": [float(answer) for answer in scores[:SAMPLES]],
        },
    }
    files = {name: json.dumps(value, indent=2).encode() for name, value in documents.items()}
    files["model.joblib"] = model_path.read_bytes()

    path = task.artifact("churn_model.tar.gz")
    path.write_bytes(archive(files))
    test.drop(columns=ID).assign(churn_probability=scores).to_csv(task.artifact("reference.csv"), index=False)
    print(json.dumps(manifest, indent=2))
    task.write_outputs({"best": best, "model_sha256": manifest["model_sha256"], "package_sha256": task.sha256(path)})
    task.write_metrics({"validation_roc_auc": areas[best]})


main()
