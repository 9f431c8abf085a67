"""Compares a batch with the data the champion was trained on: the population stability index (PSI).

PSI = sum over bins of (b - r) ln(b / r), where r and b are the bin's shares in reference and batch.
Without any drift its value is about (1/N + 1/M) chi2(bins - 1) (B. Yurdakul, Statistical Properties of
Population Stability Index, 2018); the 99 % point of that is the noise a column's PSI is compared with.
"""

from __future__ import annotations

import joblib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import chi2

import orchestrator_task as task
import plots
from census import AGE, FEATURES, NAMES, training_rows

THRESHOLD = 0.01  # drawn in the plot; the gate of employment_monitoring.json decides
EMPTY_BIN = 0.5  # people counted in a bin that has none, so that the logarithm exists


def psi(reference: np.ndarray, batch: np.ndarray) -> tuple[float, float]:
    """The index of two arrays of bin numbers, and its noise."""
    bins = np.union1d(reference, batch)
    shares = []
    for values in (reference, batch):
        counts = np.array([np.count_nonzero(values == number) for number in bins], dtype=float)
        counts[counts == 0] = EMPTY_BIN
        shares.append(counts / counts.sum())
    index = float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))
    noise = (1 / len(reference) + 1 / len(batch)) * chi2.ppf(0.99, max(len(bins) - 1, 1))
    return index, float(noise)


def tenths(reference: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Bin numbers by the deciles of the reference."""
    return np.searchsorted(np.unique(np.quantile(reference, np.arange(0.1, 1, 0.1))), values, side="right")


def compare(reference: pd.DataFrame, batch: pd.DataFrame) -> pd.DataFrame:
    """One row a column, the most drifted first."""
    rows = {}
    for name in FEATURES:
        old, new = reference[name].to_numpy(), batch[name].to_numpy()
        if name == AGE:
            old, new = tenths(old, old), tenths(old, new)
        rows[name] = psi(old, new)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["psi", "noise"])
    return table.sort_values("psi", ascending=False)


def draw(table: pd.DataFrame, year: str, years: list[str]) -> Figure:
    """The columns' PSI beside their noise and the threshold."""
    shown = table.iloc[::-1]
    figure, axes = plt.subplots(figsize=(6.8, 5.4))
    colors = [plots.COLORS[1] if value >= THRESHOLD else plots.COLORS[0] for value in shown["psi"]]
    places = np.arange(len(shown))
    axes.barh(places, shown["psi"], color=colors)
    axes.plot(shown["noise"], places, "|", color=plots.INK, markersize=11, label="Chance alone (99 %)")
    axes.axvline(
        THRESHOLD, color=plots.COLORS[1], linestyle="--", linewidth=1.2, label="Threshold for retraining")
    axes.set_yticks(places, [NAMES[name] for name in shown.index])
    axes.set(xlabel="Population stability index", xlim=(0, max(0.0155, table["psi"].max() * 1.08)))
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    plots.legend_above(axes)
    return plots.finish(figure, axes, f"Drift of {year} against the training data ({', '.join(years)})")


def main() -> None:
    inputs = task.inputs()
    holder = inputs["ensure_champion"]
    batch = pd.read_parquet(inputs["load_batch"]["batch.parquet"])
    reference = training_rows(holder["years"])
    table = compare(reference, batch)

    model = joblib.load(holder["champion.joblib"])
    old, new = (model.predict_proba(rows[FEATURES])[:, 1] for rows in (reference, batch))
    prediction_psi, _ = psi(tenths(old, old), tenths(old, new))

    print(table.to_string(float_format="{:.5f}".format))
    table.to_csv(task.artifact("drift.csv"), index_label="column")
    plots.use_style()
    draw(table, inputs["load_batch"]["year"], holder["years"]).savefig(task.artifact("drift.png"))
    top = table.index[0]
    task.write_outputs({"max_psi": float(table["psi"].iloc[0]), "top_column": NAMES[top]})
    task.write_metrics({
        "max_psi": table["psi"].iloc[0],
        "mean_psi": table["psi"].mean(),
        "prediction_psi": prediction_psi,
        "columns_above_noise": (table["psi"] > table["noise"]).sum(),
        **{f"psi_{name}": value for name, value in table["psi"].items()},
    })


main()
