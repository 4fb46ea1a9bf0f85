# SPDX-License-Identifier: MIT
"""The pictures of run.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

INK, QUIET, FAULT = "#222222", "#8a8a8a", "#f6d5d5"
LSTM, PCA = "#4477aa", "#ee6677"


def draw_all(found: dict, folder: Path) -> Iterator[Path]:
    """Writes each picture as PNG and yields its path."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names = {"thermal_faults": faults, "thermal_blame": blame, "thermal_weeks": weeks, "thermal_learning": learning}
    for name, draw in names.items():
        figure = draw(found, plt)
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=130)
        plt.close(figure)
        yield path


def tidy(axes, title: str, x: str = "", y: str = "") -> None:
    axes.set_title(title, loc="left", fontsize=9, color=INK)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)


def first_of_each_kind(found: dict) -> dict[str, int]:
    """Of each kind of fault the first event, by its number."""
    kinds = list(found["watched"].events["kind"])
    return {kind: kinds.index(kind) for kind in sorted(set(kinds))}


def around(found: dict, event: int) -> tuple[slice, int, int]:
    """The rows about an event, and where it begins and ends."""
    events, n_rows = found["watched"].events, len(found["watched"].table)
    begin, end = int(events["begin"][event]), int(events["end"][event])
    margin = min(max(60, end - begin), 600)
    return slice(max(0, begin - margin), min(n_rows, end + margin)), begin, end


def hours(found: dict, rows: slice, begin: int) -> np.ndarray:
    times = found["watched"].table["time"]
    return (times[rows] - times[begin]) / np.timedelta64(1, "h")


def faults(found: dict, plt):
    """One event of each kind: a reading at fault above, both scores over their thresholds below."""
    events = found["watched"].events
    chosen = first_of_each_kind(found)
    n_rows = (len(chosen) + 1) // 2
    figure = plt.figure(figsize=(11, 2.9 * n_rows), layout="constrained")
    for place, (kind, event) in enumerate(chosen.items()):
        outer = figure.add_gridspec(n_rows, 2)[place // 2, place % 2].subgridspec(2, 1, height_ratios=[3, 2])
        above = figure.add_subplot(outer[0])
        below = figure.add_subplot(outer[1], sharex=above)
        rows, begin, end = around(found, event)
        x, sensor = hours(found, rows, begin), str(events["sensors"][event]).split()[0]
        above.plot(x, found["watched"].table[sensor][rows], color=INK, linewidth=0.8)
        tidy(above, f"{kind.replace('_', ' ')}: {sensor}")
        above.tick_params(labelbottom=False)
        for name, colour in {"LSTM autoencoder": LSTM, "PCA twin": PCA}.items():
            ratio = found["severity"][name][rows] / found["thresholds"][name]
            below.plot(x, ratio, color=colour, linewidth=0.8, label=name)
        below.axhline(1, color=QUIET, linestyle=":", linewidth=1)
        below.set_yscale("log")
        tidy(below, "", "hours since the fault began", "score / threshold")
        for axes in (above, below):
            axes.axvspan(0, hours(found, slice(end - 1, end), begin)[0], color=FAULT, zorder=0)
        if place == 0:
            below.legend(frameon=False, fontsize=7)
    return figure


def blame(found: dict, plt):
    """What share of the error each sensor has, mean over the alarms of all events of a kind."""
    watched = found["watched"]
    kinds = sorted(set(watched.events["kind"]))
    table = np.full((len(kinds), len(watched.sensors)), np.nan)
    for row, kind in enumerate(kinds):
        shares = []
        for event in np.flatnonzero(np.array(watched.events["kind"]) == kind):
            begin, end = int(watched.events["begin"][event]), int(watched.events["end"][event])
            high = found["severity"]["LSTM autoencoder"][begin:end] >= found["thresholds"]["LSTM autoencoder"]
            part = found["shares"][begin:end][high]
            if len(part):
                shares.append((part / part.sum(axis=1, keepdims=True)).mean(axis=0))
        if shares:
            table[row] = np.mean(shares, axis=0)
    figure, axes = plt.subplots(figsize=(9, 0.5 * len(kinds) + 2), layout="constrained")
    image = axes.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(watched.sensors)), watched.sensors, rotation=30, ha="right", fontsize=8)
    axes.set_yticks(range(len(kinds)), [kind.replace("_", " ") for kind in kinds], fontsize=8)
    for row, column in np.ndindex(table.shape):
        if table[row, column] > 0.02:
            colour = "white" if table[row, column] > 0.6 else INK
            axes.text(column, row, f"{table[row, column]:.2f}", ha="center", va="center", fontsize=7, color=colour)
    tidy(axes, "share of the LSTM's error by sensor, rows in alarm")
    figure.colorbar(image, ax=axes, shrink=0.8)
    return figure


def weeks(found: dict, plt):
    """The score over all tested rows, its threshold and the faults."""
    watched = found["watched"]
    rows, times = watched.test, watched.table["time"]
    figure, all_axes = plt.subplots(2, 1, figsize=(11, 5), sharex=True, layout="constrained")
    for axes, (name, colour) in zip(all_axes, {"LSTM autoencoder": LSTM, "PCA twin": PCA}.items(), strict=True):
        axes.plot(times[rows], found["severity"][name][rows], color=colour, linewidth=0.5)
        axes.axhline(found["thresholds"][name], color=INK, linestyle=":", linewidth=1)
        for begin, end in zip(watched.events["begin"].astype(int), watched.events["end"].astype(int), strict=True):
            axes.axvspan(times[begin], times[end - 1], color=FAULT, zorder=0)
        axes.set_yscale("log")
        tidy(axes, f"{name}: score, threshold, faults (shaded)")
    return figure


def learning(found: dict, plt):
    """Losses by epoch beside what needs no network."""
    report = found["model"].fit_report_
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    number = [epoch["epoch"] for epoch in report["epochs"]]
    axes.plot(number, [epoch["loss"] for epoch in report["epochs"]], color=QUIET, label="training, inputs hidden")
    axes.plot(number, [epoch["validation_loss"] for epoch in report["epochs"]], color=LSTM, label="validation")
    for name, colour in {"pca_error": PCA, "mean_error": INK}.items():
        axes.axhline(report[name], color=colour, linestyle=":", label=name.replace("_error", "").upper())
    axes.set_yscale("log")
    axes.legend(frameon=False)
    tidy(axes, "the autoencoder learns", "epoch", "mean squared error, standardized")
    return figure
