"""Packs the chosen model for serving: model, input schema, metrics and sample answers in one archive.

The same model gives the same bytes, so the archive's hash identifies it.
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

import orchestrator_task as task
from churn import CANDIDATES, CATEGORICAL, FEATURES, FLAGS, TARGET

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


def main() -> None:
    model_path = task.input_file("evaluate", "model.joblib")
    evaluation = json.loads(task.input_file("evaluate", "evaluation.json").read_text())
    split = task.inputs()["features_split"]
    train, test = (pd.read_parquet(split[f"{name}.parquet"]) for name in ("train", "test"))

    samples = test[FEATURES].head(SAMPLES)
    answers = joblib.load(model_path).predict_proba(samples)[:, 1]
    model_version = task.sha256(model_path)[:12]
    manifest = {
        "name": "churn",
        "version": model_version,
        "algorithm": CANDIDATES[evaluation["best"]],
        "target": TARGET,
        "model_sha256": task.sha256(model_path),
        "metrics": evaluation["test"],
        "validation_roc_auc": evaluation["validation_roc_auc"],
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("scikit-learn", "numpy", "pandas", "joblib")},
    }
    documents = {
        "manifest.json": manifest,
        "schema.json": input_schema(train),
        "samples.json": {
            "customers": samples.to_dict(orient="records"),
            "churn_probability": [float(answer) for answer in answers],
        },
    }
    files = {name: json.dumps(value, indent=2).encode() for name, value in documents.items()}
    files["model.joblib"] = model_path.read_bytes()

    path = task.artifact("churn_model.tar.gz")
    path.write_bytes(archive(files))
    print(json.dumps(manifest, indent=2))
    task.write_outputs({"model_version": model_version, "package_sha256": task.sha256(path)})


main()
