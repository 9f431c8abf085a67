"""Writes the serialized JSON of every DAG of a file: python serialize.py DAG_FILE FOLDER"""

import importlib.util
import json
import pathlib
import sys

from airflow import DAG

try:
    from airflow.serialization.serialized_objects import DagSerialization as Serializer
except ImportError:
    from airflow.serialization.serialized_objects import SerializedDAG as Serializer

source, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
sys.path.insert(0, str(source.parent))
made = []
original = DAG.__init__


def remember(self, *arguments, **options):
    original(self, *arguments, **options)
    # Packages make DAGs of their own while they are imported.
    if sys._getframe(1).f_globals.get("__name__") == source.stem:
        made.append(self)


DAG.__init__ = remember
spec = importlib.util.spec_from_file_location(source.stem, source)
spec.loader.exec_module(importlib.util.module_from_spec(spec))
folder.mkdir(parents=True, exist_ok=True)
for dag in made:
    # Where the source is says nothing about the DAG and differs from machine to machine.
    dag.fileloc = f"/dags/{source.name}"
    text = json.dumps(Serializer.to_dict(dag), indent=1, sort_keys=True)
    (folder / f"{dag.dag_id}.json").write_text(text + "\n")
    print(folder / f"{dag.dag_id}.json")
