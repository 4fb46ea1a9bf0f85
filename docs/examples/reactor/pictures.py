# SPDX-License-Identifier: MIT
"""The pictures of run.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

MODES = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377")
INK, QUIET, LOW = "#222222", "#8a8a8a", "#f6d5d5"
FOREST, TRUTH = "#4477aa", "#222222"


def draw_all(found: dict, folder: Path) -> Iterator[Path]:
    """Writes each picture as PNG and yields its path."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    for name, draw in {
        "reactor_profile": profile,
        "reactor_prediction": prediction,
        "reactor_why": why,
        "reactor_contributions": contributions,
    }.items():
        figure = draw(found, plt)
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=130)
        plt.close(figure)
        yield path


def tidy(axes, title: str, x: str, y: str) -> None:
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)


def profile(found: dict, plt):
    """Temperature along the reactor as cooling is lost: the hot spot, and where it runs away."""
    reactor = found["reactor"]
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for flow, colour in zip((15, 10, 7, 5, 4), ("#66ccee", INK, "#ccbb44", "#ee6677", "#aa3377"), strict=True):
        along = reactor.profile({"coolant_mol_min": flow}, n_points=401)
        axes.plot(along["volume_dm3"], along["gas_K"], color=colour, label=f"{flow} mol/min")
    axes.axhline(750, color=QUIET, linestyle=":", linewidth=1)
    axes.text(20, 752, "runaway", ha="right", va="bottom", color=QUIET)
    axes.legend(title="coolant", frameon=False)
    tidy(axes, "Gas along the reactor, base case and other coolant flows", "volume, dm3", "temperature, K")
    return figure


def prediction(found: dict, plt):
    """Measured against predicted yield of the later campaigns."""
    history, test = found["history"], found["test"]
    measured, mode = history["yield_C"][test], history["mode"][test]
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    for name, colour in zip(found["reactor"].modes, MODES, strict=False):
        of = mode == name
        axes.plot(found["predicted"][of], measured[of], ".", markersize=3, alpha=0.4, color=colour, label=name)
    ends = [measured.min(), measured.max()]
    axes.plot(ends, ends, color=INK, linewidth=0.8)
    legend = axes.legend(frameon=False, markerscale=3)
    for handle in legend.legend_handles:
        handle.set_alpha(1)
    r2 = found["scores"]["forest"]["R2"]
    tidy(axes, f"Yield of campaigns that did not train, R2 {r2:.3f}", "predicted", "measured")
    return figure


def why(found: dict, plt):
    """One low-yield period: the yield around it, and what the conditions did, by the forest and in truth."""
    period = most_telling(found["periods"])
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained", width_ratios=[1.2, 1])
    around(found, period, left)
    beside_truth(period, right)
    return figure


def most_telling(periods: list):
    """The worst period of at least eight hours, or the worst."""
    return next((period for period in periods if len(period.rows) >= 8), periods[0])


def around(found: dict, period, axes) -> None:
    history, test = found["history"], found["test"]
    campaign = history["campaign"]
    near = np.arange(max(test[0], period.rows[0] - 30), min(test[-1], period.rows[-1] + 30) + 1)
    near = near[campaign[near] == campaign[period.rows[0]]]
    hours = near - period.rows[0]
    axes.axvspan(-0.5, len(period.rows) - 0.5, color=LOW, linewidth=0)
    axes.plot(hours, history["yield_C"][near], ".-", color=INK, linewidth=0.8, markersize=4, label="measured")
    axes.plot(hours, found["predicted"][near - test[0]], color=FOREST, linewidth=1.4, label="predicted")
    axes.axhline(history["yield_target"][period.rows[0]], color="#cc3311", linestyle="--", linewidth=1, label="target")
    axes.legend(frameon=False, loc="lower right", fontsize=8)
    tidy(axes, f"Campaign {campaign[period.rows[0]]:.0f}, {period.mode}", "hours since the yield fell", "yield of C")


def beside_truth(period, axes) -> None:
    causes = period.causes()[::-1]
    y = np.arange(len(causes))
    axes.barh(y + 0.2, [c.contribution for c in causes], 0.38, color=FOREST, label="forest, compare")
    axes.barh(y - 0.2, [period.truth[c.name] for c in causes], 0.38, color=QUIET, label="truth, set back to normal")
    axes.set_yticks(y, [f"{c.name}\n{c.then:.4g} → {c.now:.4g} {c.unit}" for c in causes], fontsize=7.5)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.legend(frameon=False, fontsize=8, loc="lower left")
    tidy(axes, "What moved the yield away from normal", "change of the yield", "")


def contributions(found: dict, plt):
    """Every condition of every low-yield period: what the forest says against what is true."""
    figure, axes = plt.subplots(figsize=(5.4, 5), layout="constrained")
    colours = (*MODES, QUIET)
    pairs: dict[str, list[tuple[float, float]]] = {}
    for period in found["periods"]:
        for cause in period.causes():
            pairs.setdefault(cause.name, []).append((period.truth[cause.name], cause.contribution))
    for (name, of), colour in zip(sorted(pairs.items()), colours, strict=False):
        truth, said = np.array(of).T
        axes.plot(truth, said, "o", markersize=3.5, alpha=0.7, color=colour, label=name)
    ends = np.array([min(axes.get_xlim()[0], axes.get_ylim()[0]), max(axes.get_xlim()[1], axes.get_ylim()[1])])
    axes.plot(ends, ends, color=INK, linewidth=0.8)
    axes.legend(frameon=False, fontsize=7.5, loc="upper left")
    tidy(axes, f"Conditions in {len(found['periods'])} low-yield periods", "true effect on the yield", "by the forest")
    return figure
