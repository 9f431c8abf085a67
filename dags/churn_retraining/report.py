"""Plots and a page about the run: ROC curves, calibration, feature importance."""

from __future__ import annotations

import base64
import html
import json
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from sklearn.calibration import calibration_curve
from sklearn.inspection import permutation_importance
from sklearn.metrics import roc_auc_score, roc_curve

import orchestrator_task as task
import plots
from bundle import Bundle
from churn import CANDIDATES, FEATURES, SEED, TARGET


def draw_roc(scores: pd.DataFrame, best: str) -> Figure:
    """The candidates' ROC curves on the test part, the chosen one on top."""
    figure, axes = plt.subplots(figsize=(6.4, 5.6))
    axes.plot([0, 1], [0, 1], color=plots.GRID, linewidth=1)
    order = ["baseline", *(name for name in CANDIDATES if name != best), best]
    names = CANDIDATES | {"baseline": "Rate by contract"}
    for name in order:
        wrong, right, _ = roc_curve(scores[TARGET], scores[name])
        area = roc_auc_score(scores[TARGET], scores[name])
        color = plots.MUTED if name == "baseline" else plots.COLORS[list(CANDIDATES).index(name)]
        axes.plot(wrong, right, color=color, linewidth=2.4 if name == best else 1.3,
                  label=f"{names[name]}{' (chosen)' if name == best else ''}: {area:.3f}")
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], title="Area under the curve", loc="lower right", frameon=False)
    axes.set(xlabel="Loyal customers wrongly flagged", ylabel="Leaving customers found",
             xlim=(0, 1), ylim=(0, 1.005), aspect="equal")
    plots.as_percent(axes, "both")
    return plots.finish(figure, axes, "ROC curve on the test customers")


def draw_calibration(scores: pd.DataFrame, best: str) -> Figure:
    """Whether a predicted probability can be taken at its word."""
    observed, predicted = calibration_curve(scores[TARGET], scores[best], n_bins=10, strategy="quantile")
    figure, axes = plt.subplots(figsize=(6.4, 5.6))
    axes.plot([0, 1], [0, 1], color=plots.MUTED, linewidth=1, label="Perfect")
    axes.plot(predicted, observed, "o-", color=plots.COLORS[0], linewidth=2,
              label="Chosen model, tenths of customers")
    axes.set(xlabel="Predicted churn", ylabel="Observed churn", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.legend(loc="upper left", frameon=False)
    plots.as_percent(axes, "both")
    return plots.finish(figure, axes, "Calibration on the test customers")


def importance(model: Bundle, test: pd.DataFrame) -> pd.DataFrame:
    """How much ROC AUC the model loses when a column is shuffled."""
    result = permutation_importance(
        model.pipeline, test[FEATURES], test[TARGET],
        scoring="roc_auc", n_repeats=8, random_state=SEED)
    spread = {"mean": result.importances_mean, "std": result.importances_std}
    table = pd.DataFrame(spread, index=FEATURES)
    return table.sort_values("mean")


def draw_importance(table: pd.DataFrame) -> Figure:
    """The twelve most important columns."""
    top = table.tail(12)
    figure, axes = plt.subplots(figsize=(6.4, 5.2))
    axes.barh([name.replace("_", " ") for name in top.index], top["mean"], xerr=top["std"],
              color=plots.COLORS[0], error_kw={"ecolor": plots.INK, "elinewidth": 1})
    axes.set(xlabel="ROC AUC lost when the column is shuffled (line: one standard deviation)")
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    return plots.finish(figure, axes, "Feature importance")


def page(evaluation: dict[str, Any], endpoint: str, version: str, images: list[Path]) -> str:
    """A page that carries its pictures inside."""
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{value:.4f}</td></tr>"
        for name, value in evaluation["test"].items())
    candidates = "".join(
        f"<tr><td>{CANDIDATES[name]}</td><td>{value:.4f}</td></tr>"
        for name, value in evaluation["validation_roc_auc"].items())
    pictures = "".join(
        f'<img alt="{image.stem.replace("_", " ")}" '
        f'src="data:image/png;base64,{base64.b64encode(image.read_bytes()).decode()}">' for image in images)
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Churn model {version}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;margin:0 2rem 1rem 0;display:inline-table;vertical-align:top}}
th,td{{text-align:left;padding:.2rem 1rem .2rem 0;border-bottom:1px solid #ddd}}
td:last-child{{text-align:right;font-variant-numeric:tabular-nums}}img{{max-width:100%;width:28rem}}</style>
<h1>Churn model {version}</h1>
<p>{CANDIDATES[evaluation["best"]]}, chosen on the validation customers, served at
<a href="{html.escape(endpoint)}/docs">{html.escape(endpoint)}</a>.</p>
<table><tr><th>Test metric</th><th></th></tr>{rows}</table>
<table><tr><th>Candidate</th><th>Validation ROC AUC</th></tr>{candidates}</table>
<div>{pictures}</div></html>
"""


def main() -> None:
    inputs = task.inputs()
    evaluation = json.loads(Path(inputs["evaluate"]["evaluation.json"]).read_text())
    scores = pd.read_parquet(inputs["evaluate"]["test_scores.parquet"])
    test = pd.read_parquet(inputs["features_split"]["test.parquet"])
    deployed = inputs["deploy"]
    best = evaluation["best"]

    plots.use_style()
    table = importance(Bundle.read(Path(inputs["package"]["churn_model.tar.gz"])), test)
    images = {
        "roc_curve.png": draw_roc(scores, best),
        "feature_importance.png": draw_importance(table),
        "calibration.png": draw_calibration(scores, best),
    }
    for name, figure in images.items():
        figure.savefig(task.artifact(name))
    pictures = [task.artifact(name) for name in images]
    text = page(evaluation, deployed["endpoint"], deployed["serving"], pictures)
    task.artifact("report.html").write_text(text)
    task.write_outputs({"most_important": str(table.index[-1])})


main()
