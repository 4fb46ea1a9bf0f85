# SPDX-License-Identifier: MIT
"""The watch over the unit: which detectors, fitted on what."""

from __future__ import annotations

import numpy as np
import plantwright as pw

ALARMS_PER_DAY = 1.0


def members(seed: int = 0, network: bool = True) -> list:
    """Charts for what moves together, a forest for odd rows, rules for what sticks or jumps; a network for courses."""
    chosen = [pw.MewmaChart(), pw.DynamicPCA(lags=5), pw.IsolationForest(random_state=seed), pw.RangeRules()]
    return [*chosen, autoencoder(seed)] if network else chosen


def autoencoder(seed: int) -> pw.LSTMAutoencoder:
    """A small one: it is fitted six times, and judges three years row by row."""
    return pw.LSTMAutoencoder(
        window=30,
        stride=120,  # a year has windows enough
        encoder=24,
        bottleneck=8,
        decoder=24,
        max_epochs=10,
        learning_rate=0.005,
        random_state=seed,
    )


def fitted(normal: pw.Frame, seed: int = 0, network: bool = True) -> pw.EnsembleDetector:
    """No on-delay: a spike may last one row. An alarm ends after ten quiet rows. Five folds, as the network is slow."""
    watch = pw.EnsembleDetector(
        members(seed, network), alarms_per_day=ALARMS_PER_DAY, n_folds=5, off_delay=10, clear_share=0.7
    )
    return watch.fit(normal)


def running_rows(plant: pw.simulate.ThermalPlant) -> pw.Frame:
    """The time and the sensors while the unit runs, which its control system knows; outages are not watched."""
    everything = plant.run()
    running = np.flatnonzero(everything["operating_state"] == "running")
    return everything.select(["time", *plant.sensors])[running]


def faultless(days: int, seed: int) -> pw.Frame:
    """Running rows without faults. A year of them: who was fitted in winter knows no summer."""
    return running_rows(pw.simulate.ThermalPlant(rows=days * 1440, faults=[], seed=seed, truth=False))
