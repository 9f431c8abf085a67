"""A package of a model: what `package.py` packs, and what is judged and served."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from churn import FEATURES

FILES = ("manifest.json", "schema.json", "samples.json", "model.joblib")


class BadPackage(Exception):
    """The file is no package; the text says why."""


def files(package: Path) -> dict[str, bytes]:
    """The files a package must have; whatever else is in the archive is not looked at."""
    found = {}
    try:
        with tarfile.open(package) as tar:
            for name in FILES:
                member = tar.extractfile(name)
                if member is None:
                    raise BadPackage(f"{name} in the package is not a file")
                found[name] = member.read()
    except (tarfile.TarError, KeyError) as problem:
        raise BadPackage(f"the package cannot be read: {problem}") from problem
    return found


@dataclass(frozen=True)
class Bundle:
    """A model with its description."""

    manifest: dict[str, Any]
    pipeline: Any

    @classmethod
    def read(cls, package: Path) -> Bundle:
        content = files(package)
        return cls(json.loads(content["manifest.json"]), joblib.load(io.BytesIO(content["model.joblib"])))

    def scores(self, customers: pd.DataFrame) -> np.ndarray:
        """The probability that each of the customers leaves."""
        return self.pipeline.predict_proba(customers[FEATURES])[:, 1]
