# SPDX-License-Identifier: MIT
"""Metrics of detection: against scikit-learn, against a slow loop, and by what must hold for any alarms."""

import pickle
import warnings

import numpy as np
import pytest
import sklearn.metrics as oracle
from hypothesis import given, settings
from hypothesis import strategies as st
from plantwright import DataWarning, InvalidArgument
from plantwright.evaluate import DetectionReport, detection, detection_report

seeds = st.integers(0, 2**32 - 1)
MINUTE = np.timedelta64(1, "m")


def problem(seed, n=300):
    """Labels in runs, scores with ties that know something of them."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(n, int)
    for begin in rng.integers(1, n - 1, 4):
        labels[begin : begin + rng.integers(1, 20)] = 1
    labels[0] = 0
    return labels, rng.integers(0, 30, n) / 10 + labels * rng.random()


@given(seeds)
@settings(deadline=None, max_examples=30)
def test_areas_and_row_metrics_are_scikit_learns(seed):
    labels, scores = problem(seed)
    report = detection_report(labels, scores, threshold=1.5)
    ours = {name: values["model"] for name, values in report.metrics.items()}
    alarms = scores >= 1.5
    assert ours["AUC-ROC"] == pytest.approx(oracle.roc_auc_score(labels, scores))
    assert ours["AUC-PR"] == pytest.approx(oracle.average_precision_score(labels, scores))
    assert ours["F1"] == pytest.approx(oracle.f1_score(labels, alarms, zero_division=0))
    assert ours["precision"] == pytest.approx(oracle.precision_score(labels, alarms, zero_division=0))
    assert ours["missed alarm rate"] == pytest.approx(1 - oracle.recall_score(labels, alarms))
    assert ours["false alarm rate"] == pytest.approx(oracle.recall_score(1 - labels, alarms))


@given(seeds)
@settings(deadline=None, max_examples=30)
def test_volumes_grow_with_the_buffer_of_no_metric_beyond_one_and_a_shift_of_scores_moves_nothing(seed):
    labels, scores = problem(seed)
    for metric in (detection.vus_roc, detection.vus_pr):
        value = metric(labels, scores, max_buffer=8)
        assert 0 <= value <= 1 + 1e-12
        assert metric(labels, 3 * scores + 7, max_buffer=8) == pytest.approx(value, abs=1e-12)


def test_always_alarm_finds_every_event_at_once_and_has_the_rates_to_show_for_it():
    labels, _ = problem(3)
    always = np.ones_like(labels)
    assert detection.event_recall(labels, always) == 1
    assert detection.detection_delays(labels, always) == [0] * len(detection.events_of(labels))
    assert detection.false_alarm_rate(labels, always) == 1
    assert detection.missed_alarm_rate(labels, always) == 0
    assert detection.nab_score(labels, always) < 50
    assert detection.range_precision_recall(labels, always)[0] < 0.2


def test_never_alarm_misses_every_event_and_scores_nothing():
    labels, _ = problem(3)
    never = np.zeros_like(labels)
    assert detection.event_recall(labels, never) == 0
    assert set(detection.detection_delays(labels, never)) == {None}
    assert detection.false_alarms(labels, never) == 0
    assert detection.nab_score(labels, never) == 0
    assert detection.range_precision_recall(labels, never) == (0.0, 0.0, 0.0)


def test_point_adjustment_flatters_random_alarms_and_says_so():
    labels = np.zeros(10_000, int)
    labels[2000:3000] = labels[7000:8000] = 1
    alarms = (np.random.default_rng(0).random(labels.size) < 0.01).astype(int)
    with pytest.warns(DataWarning, match="flatters"):
        adjusted = detection.point_adjusted_f1(labels, alarms)
    assert adjusted > 0.9 > 0.1 > oracle.f1_score(labels, alarms)
    with pytest.warns(DataWarning, match="flatters"):
        report = detection_report(labels, alarms=alarms, point_adjusted=True)
    assert report.metrics["point-adjusted F1"]["random"] > 0.9
    assert any("point-adjusted" in note for note in report.notes)


def test_a_report_without_point_adjustment_does_not_warn():
    labels, scores = problem(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "point-adjusted F1" not in detection_report(labels, scores, threshold=1.0).metrics


def two_days():
    labels = np.zeros(2880)
    alarms = np.zeros(2880)
    for begin in (600, 1200, 2000):
        labels[begin : begin + 60] = 1
    alarms[604:640] = alarms[2006:2100] = 1
    alarms[[100, 101, 103, 1900]] = 1
    return labels, alarms, np.datetime64("2024-03-01") + np.arange(2880) * MINUTE


def test_the_sentence_counts_alarms_after_merging_them():
    labels, alarms, times = two_days()
    report = detection_report(labels, alarms=alarms, times=times, merge_gap="5min")
    assert report.sentence == "1.1 false alarms a day, median delay 5 min, missed 1 of 3"
    assert detection_report(labels, alarms=alarms, times=times, merge_gap=5) == report
    assert report.metrics["false alarms a day"]["model"] == pytest.approx(2 / report.normal_days)
    assert detection_report(labels, alarms=alarms, times=times).sentence.startswith("1.6 false alarms a day")
    assert [event["first_alarm"] for event in report.events] == [604, None, 2006]


def test_events_may_be_rows_or_times_instead_of_labels():
    labels, alarms, times = two_days()
    expected = detection_report(labels, alarms=alarms, times=times)
    rows = [(600, 660), (1200, 1260), (2000, 2060)]
    assert detection_report(alarms=alarms, times=times, events=rows) == expected
    spans = [(times[begin], times[end - 1]) for begin, end in rows]
    assert detection_report(alarms=alarms, times=times, events=spans) == expected


def test_rows_without_label_or_score_are_left_out_and_counted():
    labels, scores = problem(5)
    labels = labels.astype(float)
    scores[:10], labels[280:290] = np.nan, np.nan
    report = detection_report(labels, scores, threshold=1.5)
    kept = ~(np.isnan(labels) | np.isnan(scores))
    assert (report.n_rows, report.n_left_out) == (kept.sum(), 20)
    assert report.metrics["AUC-ROC"]["model"] == pytest.approx(oracle.roc_auc_score(labels[kept], scores[kept]))


def test_the_range_rule_takes_limits_or_learns_them():
    labels, scores = problem(6)
    values = np.column_stack([np.where(labels > 0, 600.0, 500.0), np.full(labels.size, 70.0)])
    given = detection_report(labels, scores, values=values, lowest=[480, np.nan], highest=[520, 80], threshold=9.0)
    learned = detection_report(labels, scores, values=values, train_values=values[labels == 0], threshold=9.0)
    for report in (given, learned):
        assert report.metrics["AUC-PR"]["range_rule"] == pytest.approx(1.0)
        assert report.metrics["false alarms in 1,000 rows"]["range_rule"] == 0
        assert not report.beats_baselines()


def test_a_report_travels_as_dict_pickle_text_and_page(tmp_path):
    labels, alarms, times = two_days()
    scores = alarms + np.linspace(0, 0.5, alarms.size)
    report = detection_report(labels, scores, threshold=0.9, times=times, split="the second half")
    assert DetectionReport.from_dict(report.to_dict()) == report
    assert pickle.loads(pickle.dumps(report)) == report
    text = str(report)
    assert report.sentence in text and "always_alarm" in text and "Split: the second half" in text
    page = report.to_html(tmp_path / "report.html", title="Boiler <1>")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page
    assert report.sentence in page and "Boiler &lt;1&gt;" in page and "missed" in page and "<svg" in page
    assert "no alarms were given" in repr(detection_report(labels, scores))


def test_the_page_of_a_report_without_scores_or_times_is_whole():
    page = detection_report([0, 1, 1, 0], alarms=[0, 0, 1, 0]).to_html()
    assert "after 1 rows" in page and page.endswith("</html>\n")


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([0, 1, 2], [1.0, 2.0, 3.0]), {}, "got 2 at row 2"),
        (([0, 1, 0],), {}, "scores or alarms must be given"),
        ((), {"alarms": [0, 1]}, "labels or events must be given"),
        (([0, 1], [1.0, 2.0]), {"events": [(0, 1)]}, "labels or events must be given, one of them"),
        (([0, 1, 0], [1.0, 2.0]), {}, "scores must have 3 rows, got 2"),
        (([0, 0, 0], [1.0, 2.0, 3.0]), {}, "both inside and outside"),
        (([1, 1, 1], [1.0, 2.0, 3.0]), {}, "both inside and outside"),
        (([0, 1, 0], [1.0, np.inf, 3.0]), {}, "infinity at row 1"),
        (([0, 1, 0], [np.nan] * 3), {}, "no row has both"),
        (([0, 1, 0],), {"alarms": [0, 0.5, 1]}, "alarms must be 0 or 1, got 0.5 at row 1"),
        ((), {"alarms": [0, 1, 0], "events": [(2, 3), (0, 1)]}, "in order"),
        ((), {"alarms": [0, 1, 0], "events": [("2024-01-01", "2024-01-02")]}, "times must be given"),
        (([0, 1, 0], [1.0, 2.0, 3.0]), {"merge_gap": "5min"}, "merge_gap must be a number of rows"),
        (([0, 1, 0], [1.0, 2.0, 3.0]), {"bias": "back"}, "bias must be one of"),
        (([0, 1, 0], [1.0, 2.0, 3.0]), {"threshold": np.nan}, "threshold must be a number"),
        (([0, 1, 0], [1.0, 2.0, 3.0]), {"times": ["2024-01-01", "2024-01-03", "2024-01-02"]}, "in order"),
        (([0, 1, 0], [1.0, 2.0, 3.0]), {"values": np.ones((3, 2))}, "range rule must have"),
        (([0, 1, 0], [1.0, 2.0, 3.0]), {"values": np.ones(3)}, "one column a sensor"),
        (([0, 1, 0], [1.0, 2.0, 3.0]), {"n_thresholds": 1}, "n_thresholds must be >= 2"),
    ],
)
def test_what_is_wrong_is_named(arguments, options, message):
    with pytest.raises(InvalidArgument, match=message):
        detection_report(*arguments, **options)


def test_functions_refuse_lengths_that_differ_and_profiles_that_do_not_exist():
    with pytest.raises(InvalidArgument, match="alarms must have 3 rows"):
        detection.event_recall([0, 1, 0], [0, 1])
    with pytest.raises(InvalidArgument, match="profile must be one of"):
        detection.nab_score([0, 1], [0, 1], profile="kind")
    with pytest.raises(InvalidArgument, match="pairs of row numbers"):
        detection.false_alarms([(0.0, 1.5)], [0, 1])
