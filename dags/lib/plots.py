"""One look for the demo's plots."""

from __future__ import annotations

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

INK = "#333333"
MUTED = "#8a8a8a"
GRID = "#e3e3e3"
COLORS = ["#0072b2", "#d55e00", "#009e73"]  # Okabe and Ito: told apart by colour-blind readers


def use_style() -> None:
    """Draws without a display, with quiet axes."""
    matplotlib.use("Agg")
    matplotlib.rcParams.update({
        "figure.dpi": 130, "font.size": 10, "axes.titlesize": 12, "axes.titleweight": "bold",
        "axes.titlelocation": "left", "axes.edgecolor": MUTED, "axes.labelcolor": INK, "text.color": INK,
        "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False,
        "axes.grid": True, "grid.color": GRID, "axes.axisbelow": True,
    })


def as_percent(axes: Axes, which: str) -> None:
    """Labels shares from 0 to 1 as percent; `which` is "x", "y" or "both"."""
    for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        if which in (name, "both"):
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def legend_above(axes: Axes) -> None:
    """Puts the legend between title and plot, where it covers nothing."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, borderaxespad=0.2)


def finish(figure: Figure, axes: Axes, title: str) -> Figure:
    """Adds the title and leaves no label cut off."""
    legend = axes.get_legend()
    above = legend is not None and legend.get_bbox_to_anchor().y0 >= axes.bbox.y1
    axes.set_title(title, pad=30 if above else 12)
    figure.tight_layout()
    return figure
