"""Prints as JSON what an MLflow server knows of a model and of an experiment, through the real client.

Usage: mlflow_view.py MODEL EXPERIMENT [load]
"""

import hashlib
import json
import os
import sys

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()
name, experiment = sys.argv[1:3]


def files(version):
    try:
        folder = mlflow.artifacts.download_artifacts(f"models:/{name}/{version.version}")
    except Exception as error:
        return {"problem": f"{type(error).__name__}: {error}"[:300]}
    found = {}
    for place, _, names in os.walk(folder):
        for file in names:
            with open(os.path.join(place, file), "rb") as content:
                found[file] = hashlib.sha256(content.read()).hexdigest()
    return found


view = {"versions": [], "aliases": {}, "runs": []}
try:
    model = client.get_registered_model(name)
    view["aliases"] = {alias: int(number) for alias, number in model.aliases.items()}
    view["description"], view["tags"] = model.description or "", model.tags
    for version in sorted(client.search_model_versions(f"name = '{name}'"), key=lambda v: int(v.version)):
        view["versions"].append({
            "version": int(version.version), "run_id": version.run_id, "source": version.source,
            "tags": client.get_model_version(name, version.version).tags, "files": files(version),
        })
    for alias in view["aliases"]:
        assert int(client.get_model_version_by_alias(name, alias).version) == view["aliases"][alias]
except MlflowException as error:
    view["problem"] = error.error_code
found = client.get_experiment_by_name(experiment)
if found:
    for run in client.search_runs([found.experiment_id]):
        view["runs"].append({
            "id": run.info.run_id, "name": run.info.run_name, "status": run.info.status,
            "metrics": run.data.metrics, "params": run.data.params, "tags": run.data.tags,
        })
if "load" in sys.argv:
    loaded = mlflow.sklearn.load_model(f"models:/{name}@champion")
    view["loaded"] = type(loaded).__name__
print(json.dumps(view))
