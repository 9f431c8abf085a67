"""The champion: the model in use, kept in the state folder, with the years it was trained on.

`champion.json` names the version; it is replaced in one step, so there is always exactly one champion.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

import orchestrator_task as task
from census import CODES, FEATURES, LABEL


@dataclass(frozen=True)
class Champion:
    """A version in use. `years` are the years whose train parts it has seen."""

    version: str
    years: list[str]
    previous: str | None

    @property
    def model(self) -> Path:
        return task.state_folder("employment") / self.version / "model.joblib"


def train(rows: pd.DataFrame) -> HistGradientBoostingClassifier:
    """Gradient boosting; the same for champion and challengers, so that only the data differs."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.1, max_iter=120, max_leaf_nodes=31, min_samples_leaf=40,
        categorical_features=list(CODES), random_state=2015)
    return model.fit(rows[FEATURES], rows[LABEL])


@contextmanager
def exclusive() -> Iterator[None]:
    """Holds the state folder while the champion is read and replaced."""
    with (task.state_folder("employment") / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def current() -> Champion | None:
    """The champion, or None before the first."""
    path = task.state_folder("employment") / "champion.json"
    return Champion(**json.loads(path.read_text())) if path.exists() else None


def enthrone(model: Path, years: list[str]) -> Champion:
    """Makes a model file the champion. Call it inside `exclusive`."""
    state = task.state_folder("employment")
    old = current()
    version = task.sha256(model)[:12]
    folder = state / version
    folder.mkdir(exist_ok=True)
    part = folder / ".model.joblib"
    shutil.copyfile(model, part)
    part.replace(folder / "model.joblib")
    previous = old.version if old and old.version != version else None
    champion = Champion(version, years, previous)
    task.replace_json(state / "champion.json", asdict(champion))
    return champion
