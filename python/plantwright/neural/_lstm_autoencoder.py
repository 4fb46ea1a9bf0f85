# SPDX-License-Identifier: MIT
"""An LSTM autoencoder that watches sensors."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, OutlierMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from plantwright import _core
from plantwright.core import Stopped, resolve_progress
from plantwright.forest._base import plain
from plantwright.io import PlwSerializable
from plantwright.neural._input import WindowInput
from plantwright.neural._learnt import LearntState
from plantwright.neural._options import options_of
from plantwright.neural._stream import AutoencoderStream


class LSTMAutoencoder(
    LearntState,
    WindowInput,
    PlwSerializable,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    OutlierMixin,
    BaseEstimator,
):
    r"""An LSTM autoencoder: windows that it reconstructs badly are unlike those it was trained on.

    Encoder LSTMs squeeze a window of rows into a short code, decoder LSTMs make the window anew from it (Malhotra et
    al., ICML workshop 2016). With standardized readings :math:`z` and their reconstruction :math:`\hat z`,

    .. math:: \text{score} = -\sum_j \text{share}_j, \qquad
              \text{share}_j = \frac{1}{\#\text{readings}} \sum_{t \in \text{window}} (z_{tj} - \hat z_{tj})^2

    where sums run over the readings that are there: missing ones are masked in input, loss and score. Beside the
    network, `fit` fits a PCA of the same windows with as long a code, and says in `fit_report_` when that is enough.
    The same seed gives the same bits for any number of threads at one instruction-set level, and in C++.

    Parameters
    ----------
    window : int, default=60
        Rows of a window.
    stride : int, default=1
        Rows from one training window to the next; scoring takes every row.
    encoder : int or sequence of int, default=(64, 32)
        Units of each LSTM layer, from the input on.
    bottleneck : int, default=32
        Length of the code; 0 takes the encoder's last state itself.
    decoder : int or sequence of int, default=(32, 64)
        Units of each LSTM layer, towards the output.
    activation : {"tanh", "relu"}, default="tanh"
        Of the cells.
    dropout : float, default=0.0
        Share of what each layer hands on that is hidden in training, in [0, 1).
    input_dropout : float, default=0.0
        Share of the readings that is hidden from the encoder in training, in [0, 1).
    loss : {"mse", "mae", "huber"}, default="mse"
        What is minimized; scores are squares whatever it is.
    huber_delta : float, default=1.0
        Where Huber's loss turns from squares to lines, in standard deviations.
    max_epochs : int, default=100
        Passes over the training windows at most.
    batch_size : int, default=32
        Windows of a step.
    learning_rate : float, default=0.001
        Of Adam, in (0, 1].
    weight_decay : float, default=0.0
        Of AdamW; 0 is Adam.
    clip_norm : float, default=1.0
        Longest gradient; 0 leaves it as it comes.
    validation_fraction : float, default=0.1
        Share of the windows, the last ones, to validate with, in [0, 0.5]; a window's length before them is left out.
    patience : int, default=10
        Epochs without a lower validation loss (training loss, without validation) before the training ends.
    lr_factor, lr_patience, min_learning_rate : float, int and float, default=0.5, 5 and 1e-5
        The learning rate is multiplied by `lr_factor` after `lr_patience` epochs without a lower loss.
    standardize : bool, default=True
        By mean and standard deviation of the training rows; a constant sensor is only shifted.
    max_gap : float, default=3.0
        Longest step of time within a window, in median steps of the training table.
    contamination : "auto" or float, default="auto"
        Share of the fitted rows, in (0, 0.5], that shall count as anomalies; "auto" is 0.01.
    scoring : {"window", "last", "point"}, default="window"
        What a row's score is: the mean over the window that ends there; that window's last row alone; or the row's mean
        over all windows that cover it, which needs rows that come later.
    pca_twin : bool, default=True
        Fit it.
    checkpoint : path-like, optional
        Where the best weights so far are saved as a model whenever they improve.
    n_jobs : int or None, default=None
        Threads: None is 1, -1 all processors. Never changes the result.
    random_state : int, RandomState or None, default=None
        Seed. An integer gives the same model everywhere, in C++ too.
    verbose : int, default=0
        Show progress with the loss where not 0.
    warm_start : bool, default=False
        Let `fit` go on from the weights and moments there are.

    Attributes
    ----------
    fit_report_ : FitReport
        Errors of the network, its PCA twin, itself untrained and the mean; the learning curve; a verdict in words.
    pca_twin_ : PcaTwin
        The PCA as a detector.
    offset_ : float
        Scores below it are anomalies; it may be set.
    history_ : list of dict
        Of each epoch its number, losses and learning rate.
    mean_, scale_ : ndarray of shape (n_features_in_,)
        What readings are standardized by.
    n_features_in_ : int
    feature_names_in_ : ndarray of str, shape (n_features_in_,)
        Names of the sensors, if fitted on a table.

    See Also
    --------
    IsolationForest : looks at rows alone, without memory.

    Notes
    -----
    Windows never cross a break: in a table with a column of role "time" a step longer than `max_gap` median steps, a
    stamp that is doubled, goes backwards or is missing; with columns of role "group" a change of group. An array is one
    run; an array of shape (n_windows, window, n_features) holds windows that stand apart, with one result each.

    Rows without a full window since the last break, and windows without any reading, score NaN and are predicted 1.
    Readings more than 1e15 standard deviations off count as that.

    References
    ----------
    P. Malhotra et al., "LSTM-based encoder-decoder for multi-sensor anomaly detection", ICML 2016 Anomaly Detection
    Workshop.
    S. Hochreiter, J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1997.

    Examples
    --------
    >>> import numpy as np, plantwright as pw
    >>> t = np.arange(300.0)[:, None]
    >>> X = np.hstack([np.sin(t / 5), np.cos(t / 5)])
    >>> model = pw.LSTMAutoencoder(window=8, encoder=8, bottleneck=2, decoder=8, max_epochs=20, learning_rate=0.01,
    ...                            random_state=0).fit(X)
    >>> faulty = X.copy()
    >>> faulty[150:160, 1] = 0.9  # a stuck sensor
    >>> int(np.nanargmin(model.score_samples(faulty))) in range(150, 168)
    True
    >>> int(model.attribution(faulty)[159].argmax())
    1
    """

    _plw_type = "LSTMAutoencoder"
    _plw_model_class = _core.LSTMAutoencoder

    def __init__(
        self,
        *,
        window: int = 60,
        stride: int = 1,
        encoder: int | Sequence[int] = (64, 32),
        bottleneck: int = 32,
        decoder: int | Sequence[int] = (32, 64),
        activation: str = "tanh",
        dropout: float = 0.0,
        input_dropout: float = 0.0,
        loss: str = "mse",
        huber_delta: float = 1.0,
        max_epochs: int = 100,
        batch_size: int = 32,
        learning_rate: float = 1e-3,
        weight_decay: float = 0.0,
        clip_norm: float = 1.0,
        validation_fraction: float = 0.1,
        patience: int = 10,
        lr_factor: float = 0.5,
        lr_patience: int = 5,
        min_learning_rate: float = 1e-5,
        standardize: bool = True,
        max_gap: float = 3.0,
        contamination: str | float = "auto",
        scoring: str = "window",
        pca_twin: bool = True,
        checkpoint: Any = None,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        warm_start: bool = False,
    ) -> None:
        self.window = window
        self.stride = stride
        self.encoder = encoder
        self.bottleneck = bottleneck
        self.decoder = decoder
        self.activation = activation
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.loss = loss
        self.huber_delta = huber_delta
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.clip_norm = clip_norm
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.lr_factor = lr_factor
        self.lr_patience = lr_patience
        self.min_learning_rate = min_learning_rate
        self.standardize = standardize
        self.max_gap = max_gap
        self.contamination = contamination
        self.scoring = scoring
        self.pca_twin = pca_twin
        self.checkpoint = checkpoint
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start

    # ---- fitting

    def fit(
        self, X: Any, y: Any = None, progress: Any = None, callback: Callable[[dict[str, Any]], Any] | None = None
    ) -> Self:
        """Train the network, and fit its PCA twin.

        Parameters
        ----------
        X : array-like or table of shape (n_rows, n_features), or array of shape (n_windows, window, n_features)
            Rows in the order of time; NaN is a missing reading. Of a table, the columns that are inputs by their role.
        y : None
            Ignored.
        progress : bool or callable, optional
            True for a bar; a callable gets ``(task, done, total)`` in steps and stops the training by returning False.
        callback : callable, optional
            Gets a dict after each epoch: epoch, loss, validation_loss, learning_rate. Returning False ends the
            training: the best weights so far are kept.

        Returns
        -------
        self

        Raises
        ------
        InvalidArgument
            If a parameter is out of range, a reading infinite (row and column are named), or no run of rows as long as
            a window (also a `ValueError`).
        KeyboardInterrupt, Stopped
            On Ctrl-C, or where `progress` says so. After the first epoch the estimator then holds the best network so
            far, without a PCA twin; before it, it is left as it was.
        """
        options = options_of(self)
        start = getattr(self, "_model", None) if self.warm_start else None
        return self._train(X, options, start, progress, callback)

    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """Go on training with one pass over further rows.

        The standardization stays that of the first rows; `offset_` and `fit_report_` are of these ones, without
        validation and PCA twin.

        Parameters
        ----------
        X : as in `fit`
        y : None
            Ignored.

        Returns
        -------
        self
        """
        once = {"max_epochs": 1, "validation_fraction": 0.0, "pca_twin": False}
        return self._train(X, options_of(self) | once, getattr(self, "_model", None), False, None)

    def _train(self, X: Any, options: dict[str, Any], start: Any, progress: Any, callback: Any) -> Self:
        data, window = self._training_input(X) if start is None else self._scored_input(X)
        grow: Any = _core.LSTMAutoencoder.fit if isinstance(data, np.ndarray) else _core.LSTMAutoencoder.fit_frame
        bar = resolve_progress(self.verbose, progress)

        def on_epoch(epoch: dict[str, Any]) -> Any:
            bar.note(_losses(epoch))
            return None if callback is None else callback(epoch)

        with bar as shown:
            model, error, stopped = grow(data, window, progress=shown, on_epoch=on_epoch, start=start, **options)
        self._adopt(model)
        if error is not None:
            raise error
        if stopped:
            raise Stopped("fit: stopped by progress; the estimator holds the best network so far")
        return self

    # ---- scoring

    def score_samples(self, X: Any) -> NDArray[np.float64]:
        """Score rows, or windows that stand apart: the lower, the more abnormal.

        Parameters
        ----------
        X : as in `fit`
            A table may hold its columns in any order.

        Returns
        -------
        ndarray of float64, shape (n_rows,) or (n_windows,)
            Negative mean squared error of standardized readings; NaN for rows without a full window since the last
            break, and for windows without any reading.

        Raises
        ------
        NotFittedError
            Before `fit`.
        SchemaMismatch
            If a table lacks columns or has unknown ones.
        """
        data, window = self._scored_input(X)
        return np.asarray(self._model.score_samples(data, window, n_jobs=self.n_jobs))

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """Return ``score_samples(X) - offset_``: negative for anomalies, NaN where there is no score."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Say which rows, or windows that stand apart, are anomalies.

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        ndarray of int64, shape (n_rows,) or (n_windows,)
            -1 for anomalies, 1 for all others, those without a score too.
        """
        data, window = self._scored_input(X)
        return np.asarray(self._model.predict(data, window, n_jobs=self.n_jobs), dtype=np.int64)

    def attribution(self, X: Any) -> NDArray[np.float64]:
        """Share the error among the sensors.

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        ndarray of float64, shape (n_rows or n_windows, n_features)
            Rows sum to ``-score_samples(X)``: exactly when added from left to right, to 1e-15 of it in other orders.

        Examples
        --------
        >>> import numpy as np, plantwright as pw
        >>> X = np.random.default_rng(0).normal(size=(200, 3))
        >>> model = pw.LSTMAutoencoder(window=4, encoder=4, bottleneck=2, decoder=4, max_epochs=1).fit(X)
        >>> np.allclose(model.attribution(X).sum(axis=1), -model.score_samples(X), equal_nan=True)
        True
        """
        data, window = self._scored_input(X)
        return np.asarray(self._model.attribution(data, window, n_jobs=self.n_jobs))

    def transform(self, X: Any) -> NDArray[np.float32]:
        """Give the codes of the windows that end in each row, or of windows that stand apart.

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        ndarray of float32, shape (n_rows or n_windows, length of the code)
            NaN where there is no full window.
        """
        data, window = self._scored_input(X)
        return np.asarray(self._model.transform(data, window, n_jobs=self.n_jobs))

    def reconstruct(self, X: Any) -> NDArray[np.float64]:
        """Give what the network makes of the readings, in their units.

        Parameters
        ----------
        X : as in `fit`

        Returns
        -------
        ndarray of float64
            Of rows, shape (n_rows, n_features), each row's mean over the windows that cover it, NaN where none does;
            of windows that stand apart, their shape.
        """
        data, window = self._scored_input(X)
        rows = np.asarray(self._model.reconstruct(data, window, n_jobs=self.n_jobs))
        return rows.reshape(-1, window, rows.shape[1]) if window else rows

    def stream(self) -> AutoencoderStream:
        """Take rows one by one.

        Returns
        -------
        AutoencoderStream

        Raises
        ------
        InvalidArgument
            With ``scoring="point"``, which needs rows that come later.
        """
        check_is_fitted(self)
        return AutoencoderStream(self._model.stream())

    # ---- files

    def _to_plw_bytes(self) -> bytes:
        data = super()._to_plw_bytes()
        parameters = {name: plain(value) for name, value in self.get_params(deep=False).items() if value != np.inf}
        return bytes(_core.with_header_members(data, json.dumps({"python": {"parameters": parameters}})))

    @classmethod
    def _from_plw_bytes(cls, data: bytes) -> Self:
        estimator = cls._from_plw_model(cls._plw_model_class.from_bytes(data))
        header = json.loads(_core.read_header_of_bytes(data)).get("python", {})
        parameters = header.get("parameters", {}) if isinstance(header, dict) else {}
        known = estimator.get_params(deep=False)
        estimator.set_params(**{name: value for name, value in parameters.items() if name in known})
        return estimator

    @classmethod
    def _from_plw_model(cls, model: Any) -> Self:
        shape = {"window": model.window, "encoder": tuple(model.encoder), "decoder": tuple(model.decoder)}
        estimator = cls(bottleneck=model.bottleneck, activation=model.activation, scoring=model.scoring, **shape)
        estimator._adopt(model)
        return estimator


def _losses(epoch: dict[str, Any]) -> str:
    """An epoch's losses in a few words."""
    validation = "" if np.isnan(epoch["validation_loss"]) else f", validation {epoch['validation_loss']:.4g}"
    return f"epoch {epoch['epoch']}: loss {epoch['loss']:.4g}{validation}"
