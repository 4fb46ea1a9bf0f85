# SPDX-License-Identifier: MIT
"""The pictures of run.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from days import LIMIT_ug_m3

INK, QUIET, FOREST, ALARM = "#222222", "#8a8a8a", "#4477aa", "#cc3311"


def draw_all(found: dict, folder: Path) -> Iterator[Path]:
    """Writes each picture as PNG and yields its path; those of the mine only where it is the simulated one."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    of_the_mine = {"dust_site": site, "dust_censoring": censoring} if found["site"] is not None else {}
    for name, draw in {**of_the_mine, "dust_warnings": warnings, "dust_trust": trust, "dust_splits": splits}.items():
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


def site(found: dict, plt):
    """Where the stations lie and how often they exceed the limit; what the wind brings to the first of them."""
    mine, days, hours = found["site"], found["site"].days(), found["site"].run()
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.6), layout="constrained", width_ratios=[1.15, 1])
    left.plot(0, 0, "s", color=QUIET, markersize=14)
    left.annotate("pit", (0, 0), (0.25, 0.15), color=QUIET)
    for name, (distance_km, bearing_deg) in mine.stations.items():
        east, north = (distance_km * f(np.deg2rad(bearing_deg)) for f in (np.sin, np.cos))
        share = np.mean(days["true_exceeds"][days["station"] == name])
        left.plot(east, north, "o", color=ALARM, markersize=4 + 120 * share, alpha=0.7)
        left.annotate(f"{name}, {share:.1%}", (east, north), (8, 8), textcoords="offset points", color=INK)
    left.set_aspect("equal")
    left.margins(0.3)
    tidy(left, "Days above the limit", "km east", "km north")
    rose(hours, next(iter(mine.stations)), figure, right)
    return figure


def rose(hours, station: str, figure, axes) -> None:
    """Mean parts of PM10 by the direction that the wind comes from."""
    here = (hours["station"] == station) & ~np.isnan(hours["wind_direction_deg"])
    sector = (hours["wind_direction_deg"][here] // 22.5).astype(int) % 16
    angle, bottom = np.deg2rad(22.5 * np.arange(16) + 11.25), np.zeros(16)
    place = axes.get_subplotspec()
    axes.remove()
    polar = figure.add_subplot(place, projection="polar", theta_offset=np.pi / 2, theta_direction=-1)
    for part, colour in {"background": QUIET, "pit": FOREST, "tailings": "#ccbb44"}.items():
        values = hours[f"true_{part}_ug_m3"][here]
        mean = np.bincount(sector, values, minlength=16) / np.maximum(np.bincount(sector, minlength=16), 1)
        polar.bar(angle, mean, np.deg2rad(20), bottom, color=colour, label=part)
        bottom += mean
    polar.set_xticks(np.deg2rad([0, 90, 180, 270]), ["N", "E", "S", "W"])
    polar.set_rlabel_position(70)
    polar.tick_params(labelsize=8)
    polar.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(-0.22, 1.08))
    polar.set_title(f"PM10 at the {station}, µg/m³, by where the wind comes from", fontsize=10, color=INK, pad=14)


def censoring(found: dict, plt):
    """Hours as they truly were, and as reported: piles at both ends of the instruments' range."""
    hours = found["site"].run()
    edges = np.geomspace(2, 4000, 70)
    figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    axes.hist(hours["true_PM10_ug_m3"], edges, color=QUIET, alpha=0.45, label="true")
    axes.hist(hours["PM10_ug_m3"], edges, histtype="step", color=FOREST, linewidth=1.5, label="reported")
    axes.axvline(LIMIT_ug_m3, color=ALARM, linestyle="--", linewidth=1, label="limit of a day's mean")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.legend(frameon=False)
    shares = {name: np.mean(hours["PM10_flag"] == name) for name in ("below_detection", "saturated")}
    title = f"{shares['below_detection']:.1%} of the hours below detection, {shares['saturated']:.2%} saturated"
    tidy(axes, title, "PM10 of an hour, µg/m³", "hours")
    return figure


def warnings(found: dict, plt):
    """The tested days of the dustiest station: the probability that was said, and what happened."""
    table, test = found["table"], found["test"]
    y, station = table["exceeds"][test], table["station"][test]
    worst = max(sorted(set(station)), key=lambda name: y[station == name].sum())
    here = station == worst
    time, probability, exceeded = table["time"][test][here], found["probability"][here], y[here] == 1
    figure, axes = plt.subplots(figsize=(10, 3.4), layout="constrained")
    axes.vlines(time, 0, probability, color=FOREST, linewidth=0.9)
    axes.plot(time[exceeded], np.full(exceeded.sum(), 1.04), "v", color=ALARM, markersize=4, label="limit exceeded")
    caught = exceeded & (probability >= found["threshold"])
    axes.plot(time[caught], probability[caught], "o", color=ALARM, markersize=3, label="and warned of")
    axes.axhline(found["threshold"], color=QUIET, linestyle=":", linewidth=1, label="alarm from here")
    axes.set_ylim(0, 1.1)
    axes.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.12), fontsize=8)
    title = f"{worst}: {exceeded.sum()} days above the limit, {caught.sum()} of them warned of"
    tidy(axes, title, "", "probability")
    return figure


def trust(found: dict, plt):
    """Whether the probability can be taken at its word, and what an alarm from each probability on would cost."""
    y, probability = found["table"]["exceeds"][found["test"]], found["probability"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    edges = np.array([0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.01])
    place = np.digitize(probability, edges) - 1
    for k in np.unique(place):
        inside = place == k
        share, n = y[inside].mean(), inside.sum()
        spread = 1.96 * np.sqrt(max(share * (1 - share), 1 / n) / n)
        left.errorbar(probability[inside].mean(), share, spread, fmt="o", color=FOREST, capsize=2)
    left.plot([0, 1], [0, 1], color=QUIET, linewidth=0.8)
    left.set_ylim(-0.02, 1.05)
    tidy(left, "Taken at its word", "probability said", "share of days above the limit")
    cost_of = found["cost_of"]
    thresholds = np.linspace(0.005, 0.95, 120)
    right.plot(thresholds, [cost_of(y, probability >= t) for t in thresholds], color=FOREST, label="alarm from there")
    right.axhline(cost_of(y, np.zeros(len(y), bool)), color=QUIET, linestyle="--", linewidth=1, label="never")
    right.axvline(found["cheapest"], color=ALARM, linestyle=":", label="by the costs alone")
    right.set_ylim(0)
    right.legend(frameon=False, fontsize=8)
    tidy(right, "What it costs", "alarm from a probability of", "false alarms' worth per 100 days")
    return figure


def splits(found: dict, plt):
    """What each way to test would have promised, beside the baselines."""
    metrics = ("AUC", "avg precision", "F1", "balanced acc.")
    rows = {**found["splits"], **{k: v for k, v in found["scores"].items() if k != "forest on weather"}}
    figure, panels = plt.subplots(1, 4, figsize=(11, 3.4), layout="constrained", sharey=True)
    colours = [FOREST, "#e6a57e", "#9db8d2", *[QUIET] * (len(rows) - 3)]
    for axes, metric in zip(panels, metrics, strict=True):
        values = [row[metric] for row in rows.values()]
        axes.barh(range(len(rows)), values, color=colours)
        for place, value in enumerate(values):
            axes.text(value + 0.01, place, f"{value:.2f}", va="center", fontsize=7.5)
        axes.set_xlim(0, 1.12)
        axes.set_yticks(range(len(rows)), list(rows))
        tidy(axes, metric, "", "")
    panels[0].invert_yaxis()
    return figure
