"""Lets the better challenger meet the champion on people of the batch that no model has seen.

The challenger is chosen on the validation part, the meeting is on the hold-out part. A paired
bootstrap tells how far the margin can be trusted.
"""

from __future__ import annotations

import shutil

import joblib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import rankdata
from sklearn.metrics import log_loss

import orchestrator_task as task
import plots
from census import FEATURES, LABEL, part

CHALLENGERS = ("train_all", "train_batch")
RESAMPLES = 200
SEED = 2018


def area(truth: np.ndarray, scores: np.ndarray) -> float:
    """ROC AUC from ranks (Mann and Whitney), quick enough for the resamples."""
    positives = int(truth.sum())
    ranks = rankdata(scores)[truth].sum()
    return (ranks - positives * (positives + 1) / 2) / (positives * (len(truth) - positives))


def resampled(truth: np.ndarray, scores: dict[str, np.ndarray]) -> pd.DataFrame:
    """The areas of all models on the same resamples of the people."""
    random = np.random.default_rng(SEED)
    rows = []
    for _ in range(RESAMPLES):
        chosen = random.integers(0, len(truth), len(truth))
        rows.append({name: area(truth[chosen], values[chosen]) for name, values in scores.items()})
    return pd.DataFrame(rows)


def draw(margins: np.ndarray, margin: float, year: str) -> Figure:
    """The margin in the resamples; right of zero the challenger is better."""
    figure, axes = plt.subplots(figsize=(6.4, 3.8))
    label = f"Margin on the hold-out: {margin:+.4f}"
    axes.hist(margins, bins=24, color=plots.COLORS[0], edgecolor="white", linewidth=0.5)
    axes.axvline(0, color=plots.INK, linewidth=1.2, label="Champion and challenger equal")
    axes.axvline(margin, color=plots.COLORS[1], linestyle="--", label=label)
    axes.set(
        xlabel="ROC AUC of the challenger minus the champion's", ylabel=f"Count of {RESAMPLES} resamples")
    plots.legend_above(axes)
    axes.grid(visible=False, axis="x")
    return plots.finish(figure, axes, f"Challenger against champion on {year}")


def main() -> None:
    inputs = task.inputs()
    year = inputs["load_batch"]["year"]
    best = max(CHALLENGERS, key=lambda name: inputs[name]["validation_roc_auc"])
    holdout = part(pd.read_parquet(inputs["load_batch"]["batch.parquet"]), "holdout")
    truth = holdout[LABEL].to_numpy(dtype=bool)
    paths = {
        "champion": inputs["ensure_champion"]["champion.joblib"],
        "challenger": inputs[best]["model.joblib"],
    }
    scores = {
        name: joblib.load(path).predict_proba(holdout[FEATURES])[:, 1] for name, path in paths.items()}

    areas = {name: area(truth, values) for name, values in scores.items()}
    margin = areas["challenger"] - areas["champion"]
    samples = resampled(truth, scores)
    margins = (samples["challenger"] - samples["champion"]).to_numpy()
    losses = {name: log_loss(truth, values) for name, values in scores.items()}
    print(f"{best} (trained on {', '.join(inputs[best]['years'])}) against champion "
          f"{inputs['ensure_champion']['version']} on {len(truth)} unseen people of {year}: {margin:+.5f}")

    plots.use_style()
    draw(margins, margin, year).savefig(task.artifact("margin.png"))
    shutil.copyfile(paths["challenger"], task.artifact("model.joblib"))
    task.write_outputs({"challenger": best, "years": inputs[best]["years"]})
    task.write_metrics({
        "roc_auc": areas["challenger"],
        "champion_roc_auc": areas["champion"],
        "margin_over_champion": margin,
        "margin_lower_5_percent": np.quantile(margins, 0.05),
        "log_loss": losses["challenger"],
        "log_loss_gain": losses["champion"] - losses["challenger"],
    })


main()
