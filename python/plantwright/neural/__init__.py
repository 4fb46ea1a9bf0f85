# SPDX-License-Identifier: MIT
"""LSTM autoencoders: detectors that learn how sensors move together in time."""

from plantwright.neural._lstm_autoencoder import LSTMAutoencoder
from plantwright.neural._pca_twin import PcaTwin
from plantwright.neural._report import FitReport
from plantwright.neural._stream import AutoencoderStream, StreamScore

__all__ = ["AutoencoderStream", "FitReport", "LSTMAutoencoder", "PcaTwin", "StreamScore"]
