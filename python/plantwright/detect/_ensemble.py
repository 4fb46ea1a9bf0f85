# SPDX-License-Identifier: MIT
"""Several detectors whose alarms together come as often as was asked."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from plantwright import _core as _core_root
from plantwright._core import detect as _core
from plantwright.core import DataWarning, InvalidArgument
from plantwright.detect._intake import compiled_options, parameters_of, row_labels, stamps_of
from plantwright.detect._members import fitted_member
from plantwright.detect._streaming import StreamingDetector
from plantwright.detect._tail import Tail
from plantwright.detect._verdict import signs_of, verdict_columns
from plantwright.frame import Frame, as_timed_frame, has_names
from plantwright.io import PlwSerializable

Floats = NDArray[np.float64]


class EnsembleDetector(PlwSerializable, BaseEstimator):
    r"""Several detectors whose alarms together come as often as was asked.

    Each member's statistic becomes a severity by a `Tail` of its own, these one number by `combination`, that a
    severity by a tail again, and that an alarm by delays and a dead band:

    .. math:: s_m = -\log_{10} p_m, \quad c = \text{combination}(s_1, \ldots, s_n), \quad severity = -\log_{10} p(c)

    All tails are of cross-fitted rows: contiguous blocks, each scored by members fitted on the others less a gap. The
    level from which it is an alarm is found by running delays and dead band over the severities of those rows.

    Parameters
    ----------
    members : list of detectors, optional
        `MewmaChart`, `DynamicPCA`, `Mahalanobis`, `IsolationForest`, `RangeRules`, `HalfSpaceTrees`, `WindowKMeans`,
        `RollingIsolationForest`, `LSTMAutoencoder`; their parameters count, not whether they are fitted. Default:
        ``[MewmaChart(), DynamicPCA(variance=0.99), Mahalanobis(), RangeRules()]``.
    alarms_per_day : float, optional
        Alarm events on normal rows, after delays. Needs a time column, `times` in `fit`, or `period`. Exactly one of
        this and the next two must be given.
    false_alarm_rate : float, optional
        Share of normal rows in alarm, in (0, 0.25].
    contamination : float, optional
        Share of the training rows in alarm, some of which are known to be bad, in (0, 0.25].
    period : float (seconds) or timedelta, optional
        Between rows; default: the median step of time.
    combination : {"mean", "vote", "weighted", "learned"}, default="mean"
        ``mean``: of the severities, each at most `severity_clip`. ``vote``: the severity that at least `n_votes`
        members reach. ``weighted``: the severity that members reach whose weights exceed `majority` of all weights.
        ``learned``: mean by weights that non-negative logistic regression finds on the rows that `y` labels.
    severity_clip : float, default=6.0
        So that no member decides alone.
    n_votes : int, optional
        Default: more than half of the members.
    weights : list of float, or "0.6/0.4", optional
        One a member. With 0.6 and 0.4 the first decides alone; ask for `majority` 0.3 for either, 0.7 for both.
    majority : float, default=0.5
        In [0, 1).
    n_folds : int, optional
        Blocks of the cross-fit; default: 10, of fewer than 2,000 rows 5.
    gap : int, optional
        Rows left out on both sides of a block; default: one in a hundred. As long as readings have memory.
    on_delay, off_delay : int (rows) or timedelta, default=0
        How long, rounded up to rows, the severity must stay at the alarm level before it is an alarm, and below the
        clear level before the alarm ends.
    clear_share : float, default=1.0
        The clear level over the alarm level, in (0, 1]: the dead band.
    max_gap : float, default=10.0
        Periods; after a longer step without a reading the members begin anew.
    drift_half_life : float (days) or timedelta, optional
        Streams, and batches as they run, follow slow changes of what is normal: the severity told is less by a shift
        that settles where accepted rows reach severity 1.5 as often as in calibration, a small error halving in this
        time.
        Default: off. Needs the time between rows.
    drift_max_rise : float, default=0.05
        Severity a day: over any T days the shift rises by at most this times T + 1. A fault that stays below the alarm
        level can hide itself at this speed.
    drift_max_shift : float, default=1.0
        The shift is at least 0 and at most this: alarms become rarer by at most 10 to its power, and never more
        frequent.

    Attributes
    ----------
    members_ : dict
        Fitted detectors by name.
    left_out_ : dict
        Why members could not be fitted, scored or calibrated, by name.
    weights_ : ndarray of shape (n_members,), or None
        Of `members_`; learned ones sum to 1. None for ``mean`` and ``vote``.
    tails_, tail_ : list of Tail, Tail
        Of the members; of the combination.
    raise_level_, clear_level_ : float
        Severities.
    promised_rate_ : float
        The lowest rate, in the unit asked for, that the training rows bear out: 20 events in them.
    notes_ : list of str
        What `fit` has warned of.
    warm_up_rows_ : int
        Rows from a fresh start without a severity: those of the slowest member.
    period_ : float
        Seconds between rows; 1 where it is not known.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Where a table was fitted.

    See Also
    --------
    Tail : the calibration alone.
    plantwright.evaluate.detection_report : how well it does on labelled rows.

    Notes
    -----
    Learned weights minimise the mean logistic loss of both classes, each half of the whole, with a little L2 and a free
    intercept, over weights that are not negative. A member that tells nothing beside the others gets 0: it stays, has
    no part in severity, blame and `first_out`, and is told in `notes_`.

    A member that fails is left out with a `DataWarning`, never replaced by a guess. Fewer than 30 independent blocks of
    rows, and a rate rarer than 20 events in the training rows, give a warning that says what can be promised. The rate
    is one of rows like those fitted: of other seasons and loads nothing is known.

    Blame is the members' shares weighted by their severities, at most the clip; the isolation forest's share of a
    sensor is by how much more normal the row would score with it at its median.

    References
    ----------
    Kittler et al., "On combining classifiers", IEEE Trans. Pattern Analysis 20, 1998. ANSI/ISA-18.2, "Management of
    alarm systems for the process industries", 2016.

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> normal = np.random.default_rng(0).normal(size=(4000, 3))
    >>> watch = pw.EnsembleDetector([pw.MewmaChart(), pw.Mahalanobis()], false_alarm_rate=0.01).fit(normal)
    >>> stream = watch.stream()
    >>> for row in normal[:50]:
    ...     verdict = stream.update(row)
    >>> verdict.state
    'normal'
    >>> for row in normal[50:60] + [0, 8, 0]:
    ...     verdict = stream.update(row)
    >>> verdict.alarm, verdict.blame[0].sensor, 5 < verdict.blame[0].deviation < 11  # 8, and noise
    (True, 1, True)
    """

    _plw_type = "EnsembleDetector"
    _plw_model_class = _core.EnsembleDetector
    _model: Any
    n_features_in_: int
    feature_names_in_: NDArray[Any]

    def __init__(
        self,
        members: Sequence[Any] | None = None,
        *,
        alarms_per_day: float | None = None,
        false_alarm_rate: float | None = None,
        contamination: float | None = None,
        period: float | timedelta | None = None,
        combination: str = "mean",
        severity_clip: float = 6.0,
        n_votes: int | None = None,
        weights: Sequence[float] | str | None = None,
        majority: float = 0.5,
        n_folds: int | None = None,
        gap: int | None = None,
        on_delay: int | timedelta = 0,
        off_delay: int | timedelta = 0,
        clear_share: float = 1.0,
        max_gap: float = 10.0,
        drift_half_life: float | timedelta | None = None,
        drift_max_rise: float = 0.05,
        drift_max_shift: float = 1.0,
    ) -> None:
        self.members = members
        self.alarms_per_day = alarms_per_day
        self.false_alarm_rate = false_alarm_rate
        self.contamination = contamination
        self.period = period
        self.combination = combination
        self.severity_clip = severity_clip
        self.n_votes = n_votes
        self.weights = weights
        self.majority = majority
        self.n_folds = n_folds
        self.gap = gap
        self.on_delay = on_delay
        self.off_delay = off_delay
        self.clear_share = clear_share
        self.max_gap = max_gap
        self.drift_half_life = drift_half_life
        self.drift_max_rise = drift_max_rise
        self.drift_max_shift = drift_max_shift

    # ---- fitting

    def fit(self, X: Any, y: Any = None, *, times: Any = None) -> Self:
        """Learn what is normal, and from which severity alarms come as often as was asked.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_sensors), or a table
            Rows in time order, at least 100 of them normal; NaN where a reading is missing. Of a table the number
            columns among the inputs, and the column of role time, or else a pandas DatetimeIndex.
        y : array-like of shape (n_rows,), optional
            What is known of each row: 0 normal, 1 anomalous, NaN or -1 unknown; without, all are normal. Rows that are
            not normal are cut out whatever the combination is: they train no member, tail or alarm level, and what
            follows begins anew, as after a gap. ``learned`` finds its weights on the rows labelled 0 and 1, each scored
            by members that have not seen its block.
        times : array-like of datetime64 or nanoseconds, optional
            Stamps of an array's rows.

        Returns
        -------
        self

        Raises
        ------
        InvalidArgument
            On a parameter out of range, infinities, too few normal rows, labels of another kind or number, where no
            member could be fitted, and for ``learned`` where `y` does not hold both classes or no member tells them
            apart.

        Warns
        -----
        DataWarning
            For each of `notes_`.
        """
        options = compiled_options(self)
        if has_names(X):
            if times is not None:
                raise InvalidArgument("EnsembleDetector: times stand in a table's time column, not beside the table")
            model = _core.EnsembleDetector.fit_frame(as_timed_frame(X)._core, options, row_labels(y))
        else:
            rows = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
            model = _core.EnsembleDetector.fit(rows, options, stamps_of(times), row_labels(y))
        self._adopt(model)
        for note in self.notes_:
            warnings.warn(f"EnsembleDetector: {note}", DataWarning, stacklevel=2)
        return self

    # ---- batches: a stream from the first row to the last

    def verdicts(self, X: Any, *, times: Any = None, blame: bool = False) -> dict[str, Any]:
        """Run a stream over all rows.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_sensors), or a table
            Rows in the order of arrival; a table with the fitted names, and its time column if one was fitted.
        times : array-like of datetime64 or nanoseconds, optional
            Stamps of an array's rows; without, each follows the last by a period.
        blame : bool, default=False
            With the arrays ``blame`` and ``deviation``, of all rows that have a severity.

        Returns
        -------
        dict of arrays
            ``state`` (texts), ``severity``, ``p_value``, ``member_severity`` (n_rows, n_members), ``quality`` (bits,
            see `quality_names`), ``event_start`` (nanoseconds, the least integer where there is none).
        """
        return verdict_columns(self._run(X, times, blame), blame)

    def severity(self, X: Any, *, times: Any = None) -> Floats:
        """-log10 of the p-value of each row, NaN without a score: 2 is one normal row in a hundred."""
        return self._run(X, times)["severity"]  # type: ignore[no-any-return]

    def p_value(self, X: Any, *, times: Any = None) -> Floats:
        """Share of normal rows that are as bad as each row, NaN without a score."""
        return self._run(X, times)["p_value"]  # type: ignore[no-any-return]

    def score_samples(self, X: Any, *, times: Any = None) -> Floats:
        """Minus the severity: higher = more normal."""
        return -self.severity(X, times=times)

    def decision_function(self, X: Any, *, times: Any = None) -> Floats:
        """`raise_level_` less the severity: at most 0 from the alarm level on."""
        return np.asarray(self.raise_level_ - self.severity(X, times=times), dtype=np.float64)

    def predict(self, X: Any, *, times: Any = None) -> NDArray[np.int64]:
        """-1 for rows while an alarm stands, after delays, 1 for all others."""
        return signs_of(self._run(X, times)["state"])

    def blame(self, X: Any, *, times: Any = None) -> Floats:
        """Each sensor's share of each row's severity, of shape ``(n_rows, n_sensors)``; they sum to 1."""
        return self._run(X, times, blame=True)["blame"]  # type: ignore[no-any-return]

    def deviation(self, X: Any, *, times: Any = None) -> Floats:
        """Each reading less what the row's other readings explain, in its unit, of shape ``(n_rows, n_sensors)``."""
        return self._run(X, times, blame=True)["deviation"]  # type: ignore[no-any-return]

    def _run(self, X: Any, times: Any, blame: bool = False) -> dict[str, Any]:
        check_is_fitted(self)
        names = list(self._model.names)
        if names and has_names(X):
            table = as_timed_frame(X)
            if times is None and self._model.time_name:
                times = table[self._model.time_name]
            rows = table.to_numpy(names)
        else:
            rows = check_array(
                X.to_numpy() if isinstance(X, Frame) else X, dtype=np.float64, ensure_all_finite=False, estimator=self
            )
        if rows.shape[1] != self.n_features_in_:
            raise InvalidArgument(
                f"X has {rows.shape[1]} features, but EnsembleDetector is expecting {self.n_features_in_} features as "
                "input"
            )
        columns: dict[str, Any] = self._model.verdicts(rows, stamps_of(times), blame)
        return columns

    # ---- streams

    def stream(self, source: str = "") -> StreamingDetector:
        """A stream from its first row, with the bits of `verdicts`.

        Parameters
        ----------
        source : str, optional
            Tells the streams of several plants apart in the ids of their events.
        """
        check_is_fitted(self)
        return StreamingDetector(self, self._model.stream(source))

    def resume(self, path: str | os.PathLike[str]) -> StreamingDetector:
        """The stream whose state `StreamingDetector.save` wrote, to go on with the same bits.

        Raises
        ------
        IoError
            If the file cannot be read.
        CorruptModel
            If it is damaged.
        InvalidArgument
            If it is the state of another detector.
        """
        check_is_fitted(self)
        return StreamingDetector(self, self._model.stream_from_bytes(_core_root.read_file(path)))

    # ---- state

    def __sklearn_is_fitted__(self) -> bool:
        """Say whether there is a compiled model."""
        return getattr(self, "_model", None) is not None

    def __sklearn_tags__(self) -> Any:
        """Say that missing values are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _sensors(self) -> list[Any]:
        return list(self._model.names) or list(range(self.n_features_in_))

    def _adopt(self, model: Any) -> None:
        self._model = model
        self.n_features_in_ = int(model.n_sensors)
        self.__dict__.pop("feature_names_in_", None)
        if model.names:
            self.feature_names_in_ = np.asarray(model.names, dtype=object)
        parameters = model.options.member_parameters
        named = zip(model.member_names, model.members, strict=True)
        self.members_ = {name: fitted_member(name, member, parameters) for name, member in named}
        self.left_out_ = dict(model.left_out)
        self.tails_ = [Tail._from_plw_model(tail) for tail in model.tails]
        self.tail_ = Tail._from_plw_model(model.tail)
        self.notes_ = list(model.notes)
        self.period_ = model.period_ns / 1e9
        weighs = model.options.combination in ("weighted", "learned")
        self.weights_ = np.array(model.options.weights) if weighs else None
        for name in ("raise_level", "clear_level", "promised_rate", "warm_up_rows"):
            setattr(self, f"{name}_", getattr(model, name))

    @classmethod
    def _from_plw_model(cls, model: Any) -> Self:
        """Its members are those that were fitted."""
        detector = cls(**parameters_of(model.options))
        detector._adopt(model)
        detector.members = list(detector.members_.values())
        return detector
