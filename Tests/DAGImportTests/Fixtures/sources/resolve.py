"""Writes what DVC itself makes of a dvc.yaml: python resolve.py FOLDER FILE"""

import json
import os
import pathlib
import shutil
import sys
import tempfile

from dvc.repo import Repo

source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
with tempfile.TemporaryDirectory() as folder:
    for name in ("dvc.yaml", "params.yaml", "settings.json"):
        shutil.copy(source / name, folder)
    os.chdir(folder)
    repo = Repo.init(no_scm=True)
    stages = {
        stage.name: {
            "cmd": stage.cmd,
            "wdir": str(pathlib.Path(stage.wdir).relative_to(pathlib.Path(folder).resolve())),
            "after": sorted(upstream.name for upstream in repo.index.graph.successors(stage)),
            "frozen": stage.frozen,
        }
        for stage in repo.index.stages
    }
    target.write_text(json.dumps(stages, indent=1, sort_keys=True) + "\n")
