# SPDX-License-Identifier: MIT
"""What detectors share: intake of arrays and tables, scores, blame, streams."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from plantwright._core import detect as _core
from plantwright.core import DataWarning, InvalidArgument, NotFitted
from plantwright.detect._calibration import RATES, needs_rate, seconds_of
from plantwright.detect._tail import Tail
from plantwright.frame import Frame, as_frame, as_timed_frame, has_names
from plantwright.io import PlwSerializable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """What a stream says of one row.

    Attributes
    ----------
    statistic : float
        The detector's statistic, higher = worse; NaN while warming up.
    p_value, severity : float
        By the stream's `Tail`; NaN without one, and while warming up.
    alarm : bool
        Whether the statistic reaches the stream's threshold; False without one, and while warming up.
    blame : dict
        Each sensor's share of the statistic, the greatest first; by name, or by place where arrays were fitted.
    """

    statistic: float
    p_value: float = math.nan
    severity: float = math.nan
    alarm: bool = False
    blame: dict[Any, float] = field(default_factory=dict)


class BaseDetector(PlwSerializable, BaseEstimator):
    """Fit, score, blame and stream; every number comes from the compiled model `_model`."""

    _options: ClassVar[tuple[str, ...]]  # names of the parameters, in the order of the compiled options
    _options_class: ClassVar[type]  # compiled
    _model: Any
    n_features_in_: int
    feature_names_in_: NDArray[Any]
    notes_: list[str]
    tail_: Tail
    threshold_: float
    promised_rate_: float

    def __init__(
        self,
        *,
        alarms_per_day: float | None = None,
        false_alarm_rate: float | None = None,
        contamination: float | None = None,
        period: float | timedelta | None = None,
        n_folds: int | None = None,
        gap: int | None = None,
    ) -> None:
        self.alarms_per_day = alarms_per_day
        self.false_alarm_rate = false_alarm_rate
        self.contamination = contamination
        self.period = period
        self.n_folds = n_folds
        self.gap = gap

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn what is normal from rows in time order, and from which statistic alarms come as often as asked.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_sensors), or a table
            NaN where a reading is missing. Of a table the number columns among the inputs; its time column, or a
            pandas DatetimeIndex, gives the period, and parts rows that do not follow each other.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        InvalidArgument
            On a parameter out of range, infinities, too few rows, and where alarms a day are asked for and no period
            is known.

        Warns
        -----
        DataWarning
            For each of `notes_`.
        """
        options = self._compiled_options()
        if has_names(X):
            model = self._plw_model_class.fit_frame(as_timed_frame(X)._core, options, self._rates())  # type: ignore[attr-defined]
        else:
            rows = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
            model = self._plw_model_class.fit(rows, options, self._rates())  # type: ignore[attr-defined]
        self._adopt(model)
        for note in self.notes_:
            warnings.warn(f"{type(self).__name__}: {note}", DataWarning, stacklevel=2)
        return self

    def _compiled_options(self) -> Any:
        return self._options_class(*(getattr(self, name) for name in self._options))

    def _rates(self) -> Any:
        """How often alarms may come, and how that is found out."""
        period_s = seconds_of(self.period, type(self).__name__)
        return _core.AlarmCalibrationOptions(
            self.alarms_per_day, self.false_alarm_rate, self.contamination, period_s, self.n_folds, self.gap
        )

    def cross_fitted_scores(self, X: Any, *, n_blocks: int = 5, gap: int | None = None) -> Floats:
        """As `score_samples`, of rows that the detector was not fitted on: what a `Tail` must be calibrated on.

        The rows are cut into contiguous blocks; each is scored, from a fresh start, by a detector of these parameters
        fitted on all others less a gap on both sides. This object stays as it is, fitted or not.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_sensors), or a table
            Normal rows in time order.
        n_blocks : int, default=5
            At least 2; one fit each.
        gap : int, optional
            Rows left out beside a block; default: one in a hundred. As long as readings have memory.

        Returns
        -------
        ndarray of shape (n_rows,)
            NaN while warming up at the begin of each block.

        Examples
        --------
        >>> import numpy as np
        >>> import plantwright as pw
        >>> normal = np.random.default_rng(0).normal(size=(2000, 3))
        >>> tail = pw.Tail().fit(-pw.Mahalanobis().cross_fitted_scores(normal))
        >>> bool(10 < tail.threshold(false_alarm_rate=0.01) < 13)
        True
        """
        options = self._compiled_options()
        if has_names(X):
            table = as_frame(X)
            rows = table.to_numpy(_core.sensor_names(table._core))
            options = self._plw_model_class.with_schema(table._core, options)  # type: ignore[attr-defined]
        else:
            rows = check_array(X, dtype=np.float64, ensure_all_finite="allow-nan", estimator=self)
        return -self._plw_model_class.cross_fitted_statistic(rows, n_blocks, gap, options)  # type: ignore

    def score_samples(self, X: Any) -> Floats:
        """Minus the statistic of each row, higher = more normal, NaN while warming up.

        The rows are taken in order, from a fresh start; readings that are NaN or infinite are missing.
        """
        return self._fitted().score_samples(self._rows(X))  # type: ignore[no-any-return]

    @needs_rate
    def severity(self, X: Any) -> Floats:
        """-log10 of the p-value of each row, NaN without a score: 2 is one normal row in a hundred."""
        return self._calibrated().severity(self._rows(X))  # type: ignore[no-any-return]

    @needs_rate
    def p_value(self, X: Any) -> Floats:
        """Share of normal rows that are as bad as each row, NaN without a score."""
        return self._calibrated().p_values(self._rows(X))  # type: ignore[no-any-return]

    @needs_rate
    def decision_function(self, X: Any) -> Floats:
        """`threshold_` less the statistic: at most 0 from the threshold on."""
        return np.asarray(self._calibrated().calibration.threshold + self.score_samples(X), dtype=np.float64)

    @needs_rate
    def predict(self, X: Any) -> NDArray[np.int64]:
        """-1 for rows whose statistic reaches `threshold_`, 1 for all others."""
        return np.asarray(self._calibrated().predict(self._rows(X)), dtype=np.int64)

    def blame(self, X: Any) -> Floats:
        """Each sensor's share of each row's statistic, of shape ``(n_rows, n_sensors)``; they sum to the statistic."""
        return self._fitted().contributions(self._rows(X))  # type: ignore[no-any-return]

    def stream(self, tail: Tail | None = None, *, threshold: float | None = None) -> DetectorStream:
        """A stream of rows from a fresh start, with the bits of `score_samples`.

        Parameters
        ----------
        tail : Tail, optional
            Fitted; gives verdicts their p-value and severity. Default: `tail_`, where a rate was asked for.
        threshold : float, optional
            Of the statistic, as `Tail.threshold` gives it: verdicts from it on are alarms. Default: `threshold_`, where
            a rate was asked for and no other tail is given.
        """
        check_is_fitted(self)
        if tail is None and self._model.is_calibrated:
            tail = self.tail_
            threshold = self.threshold_ if threshold is None else threshold
        return DetectorStream(self, tail, threshold)

    @property
    def warm_up_rows_(self) -> int:
        """How many rows from a fresh start have no score."""
        check_is_fitted(self)
        return int(self._model.warm_up_rows)

    def __sklearn_is_fitted__(self) -> bool:
        """Say whether there is a compiled model."""
        return getattr(self, "_model", None) is not None

    def __sklearn_tags__(self) -> Any:
        """Say that missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _fitted(self) -> Any:
        """Give the compiled model, or raise NotFittedError."""
        check_is_fitted(self)
        return self._model

    def _calibrated(self) -> Any:
        """Give the compiled model, or raise NotFitted."""
        model = self._fitted()
        if not model.is_calibrated:
            raise NotFitted(f"{type(self).__name__}: it was fitted without a rate of alarms; fit again with this one")
        return model

    def _rows(self, X: Any) -> Floats:
        """The sensors' readings of a table by name, of an array by place."""
        names = list(self._model.names)
        if names and has_names(X):
            return as_frame(X).to_numpy(names)
        array: Floats = check_array(
            X.to_numpy() if isinstance(X, Frame) else X, dtype=np.float64, ensure_all_finite=False, estimator=self
        )
        if array.shape[1] != self.n_features_in_:
            raise InvalidArgument(
                f"X has {array.shape[1]} features, but {type(self).__name__} is expecting {self.n_features_in_} "
                "features as input"
            )
        return array

    def _adopt(self, model: Any) -> None:
        self._model = model
        self.n_features_in_ = int(model.n_sensors)
        self.__dict__.pop("feature_names_in_", None)
        if model.names:
            self.feature_names_in_ = np.asarray(model.names, dtype=object)
        for name in ("tail_", "threshold_", "promised_rate_"):
            self.__dict__.pop(name, None)
        self.notes_ = []
        if model.is_calibrated:
            calibration = model.calibration
            self.notes_ = list(calibration.notes)
            self.tail_ = Tail._from_plw_model(calibration.tail)
            self.threshold_, self.promised_rate_ = calibration.threshold, calibration.promised_rate

    @classmethod
    def _from_plw_model(cls, model: Any) -> Self:
        parameters = {name: getattr(model.options, name) for name in cls._options}
        if model.is_calibrated:
            asked = model.calibration.options
            parameters |= {name: getattr(asked, name) for name in (*RATES, "n_folds", "gap")}
            parameters["period"] = asked.period_s
        detector = cls(**parameters)
        detector._adopt(model)
        return detector

    def _sensors(self) -> list[Any]:
        return list(self._model.names) or list(range(self.n_features_in_))


class DetectorStream:
    """One row after another through a fitted detector.

    Made by the detector's `stream()`; it holds the state, the detector stays as it is.
    """

    def __init__(self, detector: BaseDetector, tail: Tail | None = None, threshold: float | None = None) -> None:
        if tail is not None:
            check_is_fitted(tail)
        self._sensors = detector._sensors()
        self._stream = detector._model.stream()
        self._tail = None if tail is None else tail._model
        self._threshold = math.inf if threshold is None else float(threshold)

    def update(self, row: Any) -> Verdict:
        """Take one row, in time order, and say what it is worth.

        Parameters
        ----------
        row : mapping of names to numbers, or numbers in the order of the sensors
            A sensor that is absent from a mapping, None or NaN is missing.

        Returns
        -------
        Verdict

        Raises
        ------
        InvalidArgument
            On another number of values.
        """
        statistic = float(self._stream.update(self._numbers(row)))
        if math.isnan(statistic):
            return Verdict(statistic)
        p_value, severity = math.nan, math.nan
        if self._tail is not None:
            p_value, severity = self._tail.p_value(statistic), self._tail.severity(statistic)
        shares = zip(self._sensors, self._stream.contributions().tolist(), strict=True)
        blame = dict(sorted(shares, key=lambda share: -share[1]))
        return Verdict(statistic, p_value, severity, statistic >= self._threshold, blame)

    def _numbers(self, row: Any) -> Floats:
        if isinstance(row, Mapping):
            row = [row.get(name) for name in self._sensors]
        try:
            numbers = np.asarray(row, dtype=np.float64)
        except (TypeError, ValueError):
            raise InvalidArgument(f"update: row must hold numbers, None or NaN where missing, got {row!r}") from None
        if numbers.ndim != 1:
            raise InvalidArgument(f"update: row must be one row of numbers, got shape {numbers.shape}")
        return numbers
