"""Everything that a training program asks of an MLflow server, through the real client.

Writes what the server answered as lines of JSON, with ids and times replaced, so that the answers of two servers can
be compared. The server is in MLFLOW_TRACKING_URI.
Usage: mlflow_scenario.py PARTS OUTPUT, where PARTS are names of the functions below, with commas between them.
"""

import json
import math
import os
import re
import sys
import tempfile

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.entities import LoggedModelInput, LoggedModelOutput
from mlflow.exceptions import MlflowException
from requests import HTTPError

client = MlflowClient()
answers = []
names = {}


def known(text, kind):
    """Gives an id the same name in every run of this program."""
    if text not in names:
        names[text] = f"{kind}{1 + sum(1 for name in names.values() if name.startswith(kind))}"
    return text


def plain(value):
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else repr(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return "TIME" if value > 1_500_000_000_000 else value
    if isinstance(value, str):
        for text, name in sorted(names.items(), key=lambda pair: -len(pair[0])):
            if len(text) > 3:
                value = value.replace(text, name)
        return re.sub(r"^mlflow-artifacts:/\d+(?=/|$)", "mlflow-artifacts:/EXPERIMENT", value)
    if isinstance(value, dict):
        return {plain(str(key)): plain(item) for key, item in sorted(value.items())}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    return plain(str(value))


def note(name, value):
    answers.append({"name": plain(name), "answer": plain(value)})


def refused(name, body):
    try:
        body()
        note(name, "not refused")
    except MlflowException as error:
        note(name, {"refused": error.error_code, "status": error.get_http_status_code()})
    except HTTPError as error:
        note(name, {"refused": error.response.status_code})


def experiment(row):
    keep = {key: getattr(row, key) for key in ("name", "lifecycle_stage", "artifact_location")}
    return {**keep, "tags": row.tags, "times": bool(row.creation_time and row.last_update_time)}


def run(row):
    info = row.info
    return {
        "id": info.run_id, "name": info.run_name, "status": info.status, "stage": info.lifecycle_stage,
        "user": info.user_id, "start": info.start_time, "end": info.end_time, "uri": info.artifact_uri,
        "params": row.data.params, "metrics": row.data.metrics,
        "tags": row.data.tags,
        "datasets": sorted(
            [(d.dataset.name, d.dataset.digest, d.dataset.source_type, d.dataset.source, d.dataset.schema,
              d.dataset.profile, sorted((t.key, t.value) for t in d.tags)) for d in row.inputs.dataset_inputs]),
        "model_inputs": [m.model_id for m in row.inputs.model_inputs],
        "model_outputs": [(m.model_id, m.step) for m in row.outputs.model_outputs] if row.outputs else [],
    }


def new_run(experiment_id, start, **arguments):
    row = client.create_run(experiment_id, start_time=start, **arguments)
    known(row.info.run_id, "RUN")
    return row.info.run_id


def experiments():
    first = client.create_experiment("alpha", tags={"team": "risk", "mlflow.note.content": "näive ✓"})
    second = client.create_experiment("beta", artifact_location="mlflow-artifacts:/elsewhere/beta")
    client.create_experiment("gamma")
    note("get", experiment(client.get_experiment(first)))
    note("get by name", experiment(client.get_experiment_by_name("beta")))
    note("get by unknown name", client.get_experiment_by_name("nobody"))
    note("default", experiment(client.get_experiment("0")))
    refused("a name that is taken", lambda: client.create_experiment("alpha"))
    refused("an empty name", lambda: client._tracking_client.store.create_experiment(""))
    refused("a long name", lambda: client.create_experiment("x" * 501))
    refused("an unknown experiment", lambda: client.get_experiment("987654"))
    refused("an id that is no number", lambda: client.get_experiment("abc"))
    client.set_experiment_tag(first, "team", "fraud")
    client.set_experiment_tag(first, "owner", "ann")
    client.delete_experiment_tag(first, "owner")
    refused("an unknown tag", lambda: client.delete_experiment_tag(first, "owner"))
    refused("a tag like a path", lambda: client.set_experiment_tag(first, "../up", "x"))
    client.rename_experiment(second, "delta")

    def found(**arguments):
        return [row.name for row in client.search_experiments(**arguments)]

    note("all", sorted(found()))
    for text in [
        "name = 'alpha'", "name != 'alpha'", "name LIKE 'a%'", "name LIKE 'A%'", "name ILIKE 'A%'",
        "name LIKE '%_lta'", "tags.team = 'fraud'", "tag.team != 'fraud'", "tags.team IS NULL",
        "tags.team IS NOT NULL", "attribute.name = 'alpha' AND tags.team = 'fraud'", "creation_time > 0",
        "last_update_time < 5", "name LIKE '*'", "tags.`mlflow.note.content` ILIKE '%✓'",
    ]:
        note(text, found(filter_string=text, order_by=["name"]))
    for text in [
        "name = alpha", "nonsense = 'x'", "name = 'a' OR name = 'b'", "name > 'a'", "params.x = 'y'",
        "creation_time = 'now'", "name = 'a'; DROP TABLE experiments", "name", "name =", "tags.team IN ('a')",
    ]:
        refused(text, lambda text=text: found(filter_string=text))
    note("ordered", found(order_by=["name DESC"]))
    refused("a wrong order", lambda: found(order_by=["nonsense"]))
    page = client.search_experiments(max_results=2, order_by=["name ASC"])
    rest = client.search_experiments(max_results=2, order_by=["name ASC"], page_token=page.token)
    note("pages", [[row.name for row in page], bool(page.token), [row.name for row in rest]])
    refused("a wrong page token", lambda: client.search_experiments(page_token="!!"))
    kept = new_run(second, 1, run_name="kept")
    client.delete_experiment(second)
    note("deleted", experiment(client.get_experiment(second)))
    note("its run", client.get_run(kept).info.lifecycle_stage)
    note("active", sorted(found()))
    note("in the bin", found(view_type=ViewType.DELETED_ONLY))
    note("both", sorted(found(view_type=ViewType.ALL)))
    refused("deleted twice", lambda: client.delete_experiment(second))
    refused("renamed in the bin", lambda: client.rename_experiment(second, "epsilon"))
    refused("a run in the bin", lambda: client.create_run(second))
    refused("a tag in the bin", lambda: client.set_experiment_tag(second, "a", "b"))
    client.restore_experiment(second)
    refused("restored twice", lambda: client.restore_experiment(second))
    note("restored", [experiment(client.get_experiment(second)), client.get_run(kept).info.lifecycle_stage])


def runs():
    home = client.create_experiment("runs")
    other = client.create_experiment("other runs")
    ids = []
    for index, (name, score, depth) in enumerate(
        [("one", 0.5, "3"), ("two", 0.75, "5"), ("three", float("nan"), "5"), ("four", 0.9, "7")]
    ):
        ids.append(new_run(home, 1000 + index, run_name=name, tags={"group": "a" if index < 2 else "b"}))
        client.log_param(ids[-1], "depth", depth)
        client.log_metric(ids[-1], "score", score, timestamp=2000 + index, step=index)
    stray = new_run(other, 5000, tags={"mlflow.runName": "stray", "mlflow.user": "bo"})
    client.set_terminated(ids[0], "FINISHED", end_time=3000)
    client.set_terminated(ids[1], "FAILED", end_time=4000)
    note("a run", run(client.get_run(ids[0])))
    note("another", run(client.get_run(ids[2])))
    note("named by its tag", run(client.get_run(stray)))
    client.update_run(ids[3], status="KILLED", name="the fourth")
    note("updated", run(client.get_run(ids[3])))
    client.set_tag(ids[3], "mlflow.runName", "four")
    note("named by a tag", client.get_run(ids[3]).info.run_name)
    note("a number as a param", client.log_param(ids[0], "rate", 0.1))
    client.log_param(ids[0], "depth", "3")
    refused("another value of a param", lambda: client.log_param(ids[0], "depth", "4"))
    client.log_param(ids[0], "long", "x" * 6001)
    client.set_tag(ids[0], "long", "y" * 8001)
    note("cut off", [len(client.get_run(ids[0]).data.params["long"]), len(client.get_run(ids[0]).data.tags["long"])])
    refused("a param like a path", lambda: client.log_param(ids[0], "a/../b", "x"))
    refused("a param with a strange name", lambda: client.log_param(ids[0], "a$b", "x"))
    refused("an unknown run", lambda: client.get_run("0" * 32))
    refused("a metric of an unknown run", lambda: client.log_metric("0" * 32, "m", 1))
    client.set_tag(ids[0], "colour", "grün")
    client.set_tag(ids[0], "colour", "rot")
    client.set_tag(ids[0], "gone", "1")
    client.delete_tag(ids[0], "gone")
    refused("an unknown tag", lambda: client.delete_tag(ids[0], "gone"))
    refused("an experiment that is unknown", lambda: client.create_run("424242"))

    def found(text="", order=None, view=ViewType.ACTIVE_ONLY, where=None):
        rows = client.search_runs(where or [home, other], text, view, order_by=order)
        return [row.info.run_name for row in rows]

    note("newest first", found())
    for text in [
        "metrics.score > 0.5", "metrics.score >= 0.5", "metrics.score = 0.75", "metrics.score != 0.75",
        "metric.`score` < 0.8", "params.depth = '5'", "params.depth != '5'", "parameters.depth LIKE '%5'",
        'params.depth = "7"', "param.`depth` ILIKE '7'", "tags.group = 'a'", "tags.group != 'a'",
        "tags.`group` = 'b' and params.depth = '7'", "tags.group IS NULL", "params.rate IS NOT NULL",
        "attributes.status = 'FINISHED'", "attribute.status != 'RUNNING'", "run.status = 'KILLED'",
        "status = 'FAILED'", "attributes.start_time > 1001", "start_time <= 1001.5", "created > 1002",
        "attributes.end_time >= 3000", "run_name = 'two'", "attributes.run_name LIKE 't%'",
        "attributes.`run name` = 'one'", f"run_id = '{ids[1]}'", f"run_id IN ('{ids[1]}', '{ids[3]}')",
        f"attributes.run_id NOT IN ('{ids[1]}')", "user_id = 'bo'", "metrics.missing > 0", "metrics.score > -1",
        "metrics.score < 1e3", "tags.mlflow.runName = 'four'", "artifact_uri ILIKE '%/ARTIFACTS'",
        "params.depth = ''' OR 1=1 --'",
    ]:
        note(text, found(text))
    for text in [
        "metrics.score > 'x'", "metrics.score LIKE '5'", "params.depth = 5", "params.depth > '5'",
        "tags.group = a", "nothing.x = 'y'", "attributes.nothing = 'y'", "status > 'FINISHED'",
        "start_time = 'now'", "metrics.score > 1 OR metrics.score < 0", "metrics.score >",
        "params.depth IN ('5')", "run_id IN ()", "run_id IN (5)", "metrics.score IS NULL", "dataset.colour = 'x'",
        "params.depth = '5", "metrics.score == 0.5 ;; x",
    ]:
        refused(text, lambda text=text: found(text))
    for order in [
        ["metrics.score ASC"], ["metrics.score DESC"], ["params.depth", "metrics.score DESC"],
        ["tags.group DESC", "start_time ASC"], ["attributes.start_time"], ["end_time DESC"], ["status", "run_name"],
        ["metrics.`score` asc", "created DESC"], ["metrics.missing", "start_time"],
    ]:
        note(f"by {order}", found(order=order))
    for order in [["nothing.x"], ["metrics.score UP"], ["attributes.nothing"]]:
        refused(f"by {order}", lambda order=order: found(order=order))
    first = client.search_runs([home], max_results=3, order_by=["start_time"])
    rest = client.search_runs([home], max_results=3, order_by=["start_time"], page_token=first.token)
    note("pages", [[r.info.run_name for r in first], [r.info.run_name for r in rest], bool(rest.token)])
    refused("too many rows", lambda: client.search_runs([home], max_results=50001))
    client.delete_run(ids[0])
    note("deleted", client.get_run(ids[0]).info.lifecycle_stage)
    note("in the bin", found(view=ViewType.DELETED_ONLY))
    note("all", found(view=ViewType.ALL, order=["run_name"]))
    refused("logged in the bin", lambda: client.log_metric(ids[0], "m", 1))
    refused("updated in the bin", lambda: client.update_run(ids[0], status="RUNNING"))
    client.restore_run(ids[0])
    note("restored", client.get_run(ids[0]).info.lifecycle_stage)


def metrics():
    home = client.create_experiment("metrics")
    row = new_run(home, 1, run_name="m")

    def history(key, **arguments):
        return [(m.value, m.timestamp, m.step) for m in client.get_metric_history(row, key, **arguments)]

    for value, timestamp, step in [(3.0, 30, 3), (1.0, 10, 1), (2.0, 20, 2), (2.0, 20, 2), (9.0, 5, -1)]:
        client.log_metric(row, "loss", value, timestamp=timestamp, step=step)
    note("history", history("loss"))
    note("history of nothing", history("nothing"))
    note("history of an unknown run", client.get_metric_history("0" * 32, "loss"))
    for value in [float("nan"), float("inf"), float("-inf"), 0.0, -0.0, 1e-300, 1e300, 0.1 + 0.2]:
        client.log_metric(row, f"v {answers.__len__()}", value, timestamp=1, step=0)
        note(f"value {value}", sorted(client.get_run(row).data.metrics.items()))
    batch = [Metric("batch", float(i), 100 + i, i) for i in range(500)]
    client.log_batch(
        row, metrics=batch, params=[Param(f"p{i}", str(i)) for i in range(100)],
        tags=[RunTag(f"t{i}", "x" * 10) for i in range(100)])
    note("after a batch", run(client.get_run(row)))
    note("its history", history("batch"))
    client.log_batch(row, metrics=[Metric("same", 1.0, 1, 1), Metric("same", 1.0, 1, 1), Metric("same", 2.0, 1, 1)])
    note("logged twice", history("same"))
    store = client._tracking_client.store
    refused("too many metrics", lambda: store.log_batch(row, [Metric("m", 1, 1, i) for i in range(1001)], [], []))
    refused("too many params", lambda: store.log_batch(row, [], [Param(f"q{i}", "") for i in range(101)], []))
    refused("a param twice", lambda: store.log_batch(row, [], [Param("q", "1"), Param("q", "1")], []))
    refused("a changed param", lambda: store.log_batch(row, [], [Param("p1", "2")], []))
    refused("a metric like a path", lambda: store.log_metric(row, Metric("/root", 1, 1, 0)))
    refused("a time before 1970", lambda: store.log_metric(row, Metric("m", 1, -1, 0)))
    client.log_metric(row, "ä/b c-d.e:f", 1, timestamp=1)
    note("a metric with a strange name", history("ä/b c-d.e:f"))
    sets = [
        DatasetInput(Dataset("train", "abc", "local", "{}", schema="{\"a\": 1}", profile="{}"),
                     [InputTag("mlflow.data.context", "training")]),
        DatasetInput(Dataset("test", "def", "http", "http://x/y"), [InputTag("mlflow.data.context", "testing")]),
    ]
    client.log_inputs(row, sets)
    client.log_inputs(row, sets[:1])
    note("datasets", run(client.get_run(row))["datasets"])
    for text in [
        "dataset.name = 'train'", "datasets.digest LIKE 'd%'", "dataset.context = 'testing'",
        "dataset.name IN ('a', 'test')", "dataset.name = 'nothing'",
    ]:
        note(text, [r.info.run_name for r in client.search_runs([home], text)])


def artifacts():
    home = client.create_experiment("artifacts")
    row = new_run(home, 1, run_name="a")
    folder = tempfile.mkdtemp()
    os.makedirs(f"{folder}/sub/deep")
    for name, size in [("a.txt", 5), ("sub/b.bin", 3_000_000), ("sub/deep/ü c.json", 7), ("empty", 0)]:
        with open(f"{folder}/{name}", "wb") as file:
            file.write(bytes(i % 251 for i in range(size)) if size < 1000 else os.urandom(size))
    client.log_artifacts(row, folder, "data")
    client.log_artifact(row, f"{folder}/a.txt")
    client.log_text(row, "hello ✓", "notes/hello.txt")
    client.log_dict(row, {"a": [1, 2]}, "notes/d.json")

    def listed(path=None):
        return [(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(row, path)]

    note("the root", listed())
    note("a folder", listed("data"))
    note("deeper", listed("data/sub"))
    note("deepest", listed("data/sub/deep"))
    note("a file", listed("data/a.txt"))
    note("nothing", listed("nothing"))
    target = client.download_artifacts(row, "data", tempfile.mkdtemp())
    same = all(
        open(f"{folder}/{name}", "rb").read() == open(f"{target}/{name}", "rb").read()
        for name in ("a.txt", "sub/b.bin", "sub/deep/ü c.json", "empty"))
    note("downloaded", same)
    client.log_text(row, "again", "notes/hello.txt")
    path = client.download_artifacts(row, "notes/hello.txt", tempfile.mkdtemp())
    note("replaced", open(path, encoding="utf-8").read())
    refused("an unknown file", lambda: client.download_artifacts(row, "nothing.txt", tempfile.mkdtemp()))
    for path in ["../..", "/etc", "a/../../b", "%2e%2e/x"]:
        refused(f"listing {path}", lambda path=path: client.list_artifacts(row, path))
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    repository = get_artifact_repository(client.get_run(row).info.artifact_uri)
    repository.delete_artifacts("data/sub")
    note("after a deletion", [listed("data"), listed("data/sub")])


def logged_models():
    home = client.create_experiment("logged models")
    row = new_run(home, 1, run_name="lm")
    made = client.create_logged_model(
        home, name="first", source_run_id=row, tags={"a": "1"}, params={"depth": "3"}, model_type="tree")
    known(made.model_id, "MODEL")
    other = client.create_logged_model(home, name="second")
    known(other.model_id, "MODEL")

    def shown(model):
        return {
            "id": model.model_id, "name": model.name, "uri": model.artifact_location, "status": model.status,
            "type": model.model_type, "run": model.source_run_id, "tags": model.tags, "params": model.params,
            "metrics": [(m.key, m.value, m.step, m.dataset_name, m.dataset_digest, m.run_id) for m in model.metrics or []],
        }

    note("made", shown(made))
    client.log_metric(row, "auc", 0.9, timestamp=5, step=1, model_id=made.model_id, dataset_name="t",
                      dataset_digest="d")
    client.log_metric(row, "auc", 0.4, timestamp=6, step=1, model_id=other.model_id)
    client.set_logged_model_tags(made.model_id, {"a": "2", "b": "3"})
    client.delete_logged_model_tag(made.model_id, "b")
    refused("an unknown tag", lambda: client.delete_logged_model_tag(made.model_id, "b"))
    note("ready", shown(client.finalize_logged_model(made.model_id, "READY")))
    note("got", shown(client.get_logged_model(made.model_id)))
    refused("an unknown model", lambda: client.get_logged_model("m-nothing"))
    client.log_inputs(row, models=[LoggedModelInput(made.model_id)])
    client.log_outputs(row, [LoggedModelOutput(made.model_id, 3)])
    note("links", [run(client.get_run(row))[key] for key in ("model_inputs", "model_outputs")])
    for text in [
        None, "name = 'first'", "name LIKE '%st'", "params.depth = '3'", "tags.a = '2'", "metrics.auc > 0.5",
        "model_type = 'tree'", f"source_run_id = '{row}'", "creation_timestamp > 0",
        "name IN ('first', 'x')",
    ]:
        note(f"models where {text}", sorted(m.name for m in client.search_logged_models([home], filter_string=text)))
    refused("a wrong filter", lambda: client.search_logged_models([home], filter_string="name ="))
    for order in [
        [{"field_name": "name", "ascending": False}], [{"field_name": "metrics.auc", "ascending": True}],
        [{"field_name": "creation_timestamp"}],
    ]:
        note(f"models by {order}", [m.name for m in client.search_logged_models([home], order_by=order)])
    client.delete_logged_model(other.model_id)
    note("left", [m.name for m in client.search_logged_models([home])])
    refused("a deleted one", lambda: client.get_logged_model(other.model_id))


def registry():
    home = client.create_experiment("registry")
    row = new_run(home, 1, run_name="r")
    source = client.get_run(row).info.artifact_uri + "/model"
    client.log_text(row, "x", "model/MLmodel")

    def model(m):
        return {
            "name": m.name, "description": m.description or "", "tags": m.tags, "aliases": m.aliases,
            "latest": [(v.version, v.current_stage) for v in m.latest_versions or []],
            "times": bool(m.creation_timestamp and m.last_updated_timestamp),
        }

    def version(v):
        return {
            "name": v.name, "version": str(v.version), "description": v.description or "", "source": v.source,
            "run": v.run_id, "status": v.status, "tags": v.tags, "aliases": sorted(v.aliases),
            "stage": v.current_stage,
        }

    note("made", model(client.create_registered_model("churn", tags={"t": "1"}, description="who leaves")))
    client.create_registered_model("fraud")
    refused("a name that is taken", lambda: client.create_registered_model("churn"))
    refused("a name with a slash", lambda: client.create_registered_model("a/b"))
    refused("no name", lambda: client.create_registered_model(""))
    note("version", version(client.create_model_version("churn", source, row, tags={"v": "1"}, description="d")))
    note("next", version(client.create_model_version("churn", source, row)))
    refused("a version of nothing", lambda: client.create_model_version("nothing", source, row))
    refused("a source outside", lambda: client.create_model_version("churn", "/etc/passwd", row))
    note("got", version(client.get_model_version("churn", "1")))
    refused("an unknown version", lambda: client.get_model_version("churn", "9"))
    refused("a version that is no number", lambda: client.get_model_version("churn", "x"))
    note("uri", client.get_model_version_download_uri("churn", "1"))
    client.set_registered_model_alias("churn", "champion", "1")
    client.set_registered_model_alias("churn", "challenger", 2)
    note("by alias", version(client.get_model_version_by_alias("churn", "champion")))
    client.set_registered_model_alias("churn", "champion", "2")
    note("moved", [version(client.get_model_version("churn", v)) for v in ("1", "2")])
    refused("an alias for nothing", lambda: client.set_registered_model_alias("churn", "champion", "7"))
    for alias in ["latest", "v3", "a b", ""]:
        refused(f"alias {alias!r}", lambda alias=alias: client.set_registered_model_alias("churn", alias, "1"))
    refused("an unknown alias", lambda: client.get_model_version_by_alias("churn", "nobody"))
    note("model", model(client.get_registered_model("churn")))
    refused("an unknown model", lambda: client.get_registered_model("nothing"))
    client.delete_registered_model_alias("churn", "challenger")
    note("an alias less", model(client.get_registered_model("churn")))
    client.set_registered_model_tag("churn", "team", "risk")
    client.set_registered_model_tag("churn", "t", "2")
    client.delete_registered_model_tag("churn", "t")
    client.set_model_version_tag("churn", "1", "checked", "yes")
    client.delete_model_version_tag("churn", "1", "v")
    note("updated", model(client.update_registered_model("churn", "new text")))
    note("updated version", version(client.update_model_version("churn", "1", "about it")))
    note("latest", [version(v) for v in client.get_latest_versions("churn")])
    for text in ["", "name = 'churn'", "name LIKE 'f%'", "name ILIKE 'CH%'", "tags.team = 'risk'", "name != 'churn'"]:
        note(f"models where {text}", [m.name for m in client.search_registered_models(filter_string=text)])
    note("models by", [m.name for m in client.search_registered_models(order_by=["name DESC"])])
    for text in [
        "name = 'churn'", f"run_id = '{row}'", "version_number = 1", "version_number > 1",
        "tags.checked = 'yes'", "name IN ('churn', 'x')", f"source_path = '{source}'", "name = 'fraud'",
    ]:
        note(f"versions where {text}", [(v.name, str(v.version)) for v in client.search_model_versions(text)])
    refused("a wrong filter", lambda: client.search_model_versions("colour = 'x'"))
    refused("a wrong filter of models", lambda: client.search_registered_models("tags.team"))
    page = client.search_model_versions("name = 'churn'", max_results=1)
    rest = client.search_model_versions("name = 'churn'", max_results=1, page_token=page.token)
    note("pages", [[str(v.version) for v in page], [str(v.version) for v in rest]])
    client.rename_registered_model("fraud", "abuse")
    note("renamed", model(client.get_registered_model("abuse")))
    refused("renamed to a name that is taken", lambda: client.rename_registered_model("abuse", "churn"))
    client.delete_model_version("churn", "2")
    note("a version less", model(client.get_registered_model("churn")))
    refused("its alias", lambda: client.get_model_version_by_alias("churn", "champion"))
    refused("deleted twice", lambda: client.delete_model_version("churn", "2"))
    note("never given again", client.create_model_version("churn", source, row).version)
    client.delete_registered_model("churn")
    refused("gone", lambda: client.get_registered_model("churn"))
    refused("its versions", lambda: client.get_model_version("churn", "1"))
    note("left", [m.name for m in client.search_registered_models()])


def sklearn():
    import mlflow
    import numpy
    from sklearn.linear_model import LogisticRegression

    generator = numpy.random.default_rng(7)
    table = generator.normal(size=(80, 3))
    label = (table[:, 0] + 0.3 * table[:, 1] > 0).astype(int)
    mlflow.set_experiment("sklearn")
    mlflow.sklearn.autolog(log_input_examples=True, silent=True)
    with mlflow.start_run(run_name="auto") as active:
        known(active.info.run_id, "RUN")
        model = LogisticRegression(C=0.5).fit(table, label)
    seen = client.get_run(active.info.run_id)
    note("autolog", {
        "params": seen.data.params, "metrics": sorted(seen.data.metrics), "status": seen.info.status,
        "models": len(seen.outputs.model_outputs), "datasets": len(seen.inputs.dataset_inputs),
        "files": sorted(f.path for f in client.list_artifacts(active.info.run_id)),
    })
    mlflow.sklearn.autolog(disable=True)
    with mlflow.start_run(run_name="outer") as outer:
        with mlflow.start_run(run_name="inner", nested=True) as inner:
            pass
    note("nested", client.get_run(inner.info.run_id).data.tags["mlflow.parentRunId"] == outer.info.run_id)
    with mlflow.start_run(run_name="model") as active:
        info = mlflow.sklearn.log_model(
            model, name="model", registered_model_name="leavers", input_example=table[:2])
    note("registered", str(info.registered_model_version))
    client.set_registered_model_alias("leavers", "champion", info.registered_model_version)
    for uri in ["models:/leavers@champion", "models:/leavers/1", info.model_uri]:
        loaded = mlflow.sklearn.load_model(uri)
        note("loaded", bool((loaded.predict(table) == model.predict(table)).all()))
    through = mlflow.pyfunc.load_model("models:/leavers@champion")
    note("through pyfunc", bool((through.predict(table) == model.predict(table)).all()))
    version = client.get_model_version("leavers", "1")
    note("version", [version.status, version.run_id == active.info.run_id, version.source.split(":")[0]])
    frame = mlflow.search_runs(experiment_names=["sklearn"], filter_string="tags.mlflow.runName = 'auto'")
    note("as a table", [len(frame), frame["params.C"][0]])


for part in sys.argv[1].split(","):
    names.clear()
    first = len(answers)
    try:
        globals()[part]()
    except Exception as error:
        answers.append({"name": "broken", "answer": f"{part}: {type(error).__name__}: {str(error)[:500]}"})
        print(f"{part}: {type(error).__name__}: {str(error)[:1500]}", file=sys.stderr)
    for answer in answers[first:]:
        answer["part"] = part
with open(sys.argv[2], "w", encoding="utf-8") as file:
    for answer in answers:
        file.write(json.dumps(answer, ensure_ascii=False, sort_keys=True) + "\n")
