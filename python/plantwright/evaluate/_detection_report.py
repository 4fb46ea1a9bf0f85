# SPDX-License-Identifier: MIT
"""`DetectionReport`: a detector's alarms and severities beside those of trivial detectors, on the same rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from plantwright._core import evaluate as _core
from plantwright.core import InvalidArgument
from plantwright.evaluate import _arrays
from plantwright.evaluate._comparison import Comparison, written
from plantwright.evaluate.detection import _choice, flags, labels_of, warn_of_point_adjustment

if TYPE_CHECKING:
    from plantwright.report import Timeline

_NO_TABLE: _arrays.Floats = np.empty((0, 0))


class DetectionReport(Comparison):
    """What a detector found, missed and cried wolf about, beside always-alarm, random and a range rule.

    Made by :func:`detection_report`. ``print(report)`` shows it as text.

    Attributes
    ----------
    sentence : str
        For the operator: "2.1 false alarms a week, median delay 4 min, missed 1 of 18".
    predictors : list of str
        ``"model"``, then the baselines.
    metrics : dict
        ``metrics["VUS-PR"]["random"]``: the value by metric and predictor; NaN where it does not apply.
    events : list of dict
        Of each labelled event: begin, end (rows, end left out), first_alarm (row, None: missed), delay_s, peak (highest
        score), begin_time, end_time.
    trade_off : list of dict
        By falling threshold: threshold, false_alarms (a day; without times in 1,000 normal rows), false_alarm_rate
        (share of normal rows), event_recall, median_delay (s; without times rows). Chosen on these rows it is a promise
        for these rows alone.
    n_rows, n_left_out, n_events_left_out : int
        Rows judged; rows without a label or a score; events that lie wholly in those.
    normal_days : float or None
        Time outside events that false alarms are counted over.
    notes : list of str

    Examples
    --------
    >>> import numpy as np
    >>> import plantwright as pw
    >>> labels = np.zeros(288); labels[200:212] = 1
    >>> scores = np.where(labels > 0, 3.0, 0.5); scores[[50, 200, 201]] = [4.0, 0.5, 0.5]
    >>> times = np.datetime64("2024-05-01") + 5 * np.arange(288).astype("timedelta64[m]")
    >>> report = pw.evaluate.detection_report(labels, scores, threshold=2.0, times=times)
    >>> report.sentence
    '1 false alarm a day, median delay 10 min, missed 0 of 1'
    >>> report.beats_baselines()
    True
    """

    _core_class = _core.DetectionReport

    @property
    def sentence(self) -> str:
        return str(self._content["sentence"])

    @property
    def predictors(self) -> list[str]:
        return list(self._content["predictors"])

    @property
    def descriptions(self) -> dict[str, str]:
        """What each predictor does."""
        return dict(zip(self.predictors, self._content["descriptions"], strict=True))

    @property
    def metrics(self) -> dict[str, dict[str, float]]:
        return {
            score["metric"]: {
                p: float("nan") if v is None else float(v)
                for p, v in zip(self.predictors, score["values"], strict=True)
            }
            for score in self._content["scores"]
        }

    @property
    def events(self) -> list[dict[str, Any]]:
        return [dict(event) for event in self._content["events"]]

    @property
    def trade_off(self) -> list[dict[str, Any]]:
        return [dict(point) for point in self._content["trade_off"]]

    @property
    def n_rows(self) -> int:
        return int(self._content["n_rows"])

    @property
    def n_left_out(self) -> int:
        return int(self._content["n_left_out"])

    @property
    def n_events_left_out(self) -> int:
        return int(self._content["n_events_left_out"])

    @property
    def normal_days(self) -> float | None:
        days = self._content["normal_days"]
        return None if days is None else float(days)

    @property
    def notes(self) -> list[str]:
        return list(self._content["notes"])

    def beats_baselines(self) -> bool:
        """Whether the model is better than every baseline by the first metric: VUS-PR, or F1 without scores."""
        return bool(self._core.beats_baselines())

    def to_html(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        title: str = "Detection",
        timeline: Timeline | None = None,
    ) -> str:
        """One page that needs nothing else, written to `path` where given.

        With a `plantwright.report.Timeline` it shows each sensor over time: what was seen, what was blamed.
        """
        from plantwright.report import detection_page

        page = detection_page(title, self.to_dict(), timeline)
        return written(page, path)

    def __repr__(self) -> str:
        return f"<DetectionReport: {self.n_rows} rows, {len(self._content['events'])} events, {self.sentence}>"


def detection_report(
    labels: Any = None,
    scores: Any = None,
    *,
    events: Sequence[tuple[Any, Any]] | None = None,
    alarms: Any | None = None,
    threshold: float | None = None,
    times: Any | None = None,
    merge_gap: int | str = 0,
    values: Any | None = None,
    lowest: Any | None = None,
    highest: Any | None = None,
    train_values: Any | None = None,
    max_buffer: int | None = None,
    alpha: float = 0.0,
    bias: str = "flat",
    cardinality: str = "reciprocal",
    point_adjusted: bool = False,
    n_thresholds: int = 40,
    random_state: int = 0,
    split: str = "",
) -> DetectionReport:
    """Alarms and severities judged by rows, events, ranges and time, beside trivial detectors on the same rows.

    Parameters
    ----------
    labels : array-like of shape (n,), optional
        1 in an event, 0 outside, NaN or None where nobody knows.
    scores : array-like of shape (n,), optional
        Severity, higher = worse: the *negative* of `score_samples`. NaN where a row was not scored, as in warm-up. Rows
        without label or score are left out, counted, and never in alarm.
    events : list of pairs, instead of `labels`
        ``(begin, end)``: rows, the end left out; or times, both ends included. In order, not overlapping; two that
        touch are one.
    alarms : array-like of shape (n,), optional
        0 or 1.
    threshold : float, optional
        Alarm where ``score >= threshold``, where `alarms` are not given.
    times : array-like of datetime64 of shape (n,), optional
        In order. Then delays are in seconds and false alarms are counted per day, a row standing for the median step.
    merge_gap : int or str, default=0
        Alarms with at most so many rows, or so much time ("10min"), between them are one.
    values : array-like of shape (n, n_sensors), optional
        Readings, for the range rule: alarm where a sensor leaves `lowest` or `highest` (NaN: no limit), or the range
        that it had in `train_values`. Columns in different units are compared in widths of their ranges.
    max_buffer : int, optional
        L of VUS in rows; default: the median event, at most 100.
    alpha, bias, cardinality
        Of range precision and recall, see :func:`plantwright.evaluate.detection.range_precision_recall`.
    point_adjusted : bool, default=False
        Adds point-adjusted F1, with a warning why it flatters.
    n_thresholds : int, default=40
        Of the trade-off.
    random_state : int, default=0
        Of the random detector.
    split : str
        How the tested rows were chosen, for the reader.

    Returns
    -------
    DetectionReport

    Raises
    ------
    InvalidArgument
        Unequal lengths, neither scores nor alarms, no event or no normal row, infinite scores, times or events out of
        order.

    Examples
    --------
    >>> import plantwright as pw
    >>> report = pw.evaluate.detection_report([0, 0, 0, 1, 1, 0], alarms=[0, 1, 0, 0, 1, 0])
    >>> report.sentence
    '250 false alarms in 1,000 normal rows, median delay 1 row, missed 0 of 1, in alarm 25 % of the normal time'
    >>> report.metrics["F1"]["always_alarm"], report.metrics["event recall"]["model"]
    (0.5, 1.0)
    """
    stamps = _arrays.stamps("times", times)
    if stamps.size and stamps.min() == np.iinfo(np.int64).min:
        raise InvalidArgument("times must not be missing, got NaT")
    severities = _arrays.optional_numbers("scores", scores)
    alarm_flags = _arrays.NO_CODES if alarms is None else flags("alarms", alarms)
    n_rows = next((len(a) for a in (severities, alarm_flags) if len(a)), 0)
    codes = _labels(labels, events, n_rows, stamps)
    if point_adjusted:
        warn_of_point_adjustment(stacklevel=3)
    options = _core.DetectionOptions(
        _rows_between("merge_gap", merge_gap, stamps),
        max_buffer,
        alpha,
        _choice(_core.RangeBias, "bias", bias),
        _choice(_core.RangeCardinality, "cardinality", cardinality),
        point_adjusted,
        n_thresholds,
        random_state,
    )
    ranges = _core.SensorRanges(
        _table("values", values),
        _table("train_values", train_values),
        _arrays.optional_numbers("lowest", lowest),
        _arrays.optional_numbers("highest", highest),
    )
    limit = None if threshold is None else float(threshold)
    return DetectionReport(
        _core.detection_report(codes, severities, alarm_flags, limit, stamps, split, ranges, options)
    )


def _table(name: str, values: Any | None) -> _arrays.Floats:
    if values is None:
        return _NO_TABLE
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2:
        raise InvalidArgument(f"{name} must have rows and one column a sensor, got shape {array.shape}")
    return array


def _labels(labels: Any, events: Any, n_rows: int, stamps: _arrays.Stamps) -> _arrays.Codes:
    if (labels is None) == (events is None):
        raise InvalidArgument("detection_report: labels or events must be given, one of them")
    if labels is None:
        return labels_of(_row_pairs(events, stamps), n_rows)
    array = _arrays.numbers("labels", labels)
    codes = np.where(np.isnan(array), -1, array)
    wrong = ~np.isin(codes, (-1.0, 0.0, 1.0)) | (array == -1)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidArgument(f"labels must be 0, 1, or NaN for unknown, got {array[row]:g} at row {row}")
    return codes.astype(np.int32)


def _row_pairs(events: Sequence[tuple[Any, Any]], stamps: _arrays.Stamps) -> list[tuple[int, int]]:
    """Pairs of rows as they are; pairs of times as the rows between them, events between two rows left away."""
    if all(isinstance(edge, int | np.integer) for pair in events for edge in pair):
        return [(int(begin), int(end)) for begin, end in events]
    if not stamps.size:
        raise InvalidArgument("detection_report: times must be given where events are pairs of times")
    begins = _arrays.stamps("events", [np.datetime64(begin, "ns") for begin, _ in events])
    ends = _arrays.stamps("events", [np.datetime64(end, "ns") for _, end in events])
    if np.any(begins > ends) or np.any(begins[1:] <= ends[:-1]):
        raise InvalidArgument("events must be in order, apart, and must not end before they begin")
    rows = zip(np.searchsorted(stamps, begins, "left"), np.searchsorted(stamps, ends, "right"), strict=True)
    return [(int(begin), int(end)) for begin, end in rows if begin < end]


def _rows_between(name: str, gap: int | str, stamps: _arrays.Stamps) -> int:
    if isinstance(gap, int | np.integer):
        return int(gap)
    steps = np.diff(stamps)
    steps = steps[steps > 0]
    if not steps.size:
        raise InvalidArgument(f"{name} must be a number of rows where there are no times, got {gap!r}")
    return int(_arrays.nanoseconds(name, gap) // int(np.median(steps)))
