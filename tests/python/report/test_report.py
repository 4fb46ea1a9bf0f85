# SPDX-License-Identifier: MIT
"""The page needs nothing but itself, believes no text, and survives odd numbers."""

from html.parser import HTMLParser

import numpy as np
import pytest
from plantwright.report import ColumnLine, ReportContent, Score, Suspect, to_html, write_html
from plantwright.report._charts import buckets
from plantwright.report._svg import format_number, nice_ticks, time_ticks

EVIL = "<script>alert('x')</script>\"&"


def regression(n=500, times=True, **changes) -> ReportContent:
    rng = np.random.default_rng(0)
    actual = rng.normal(100, 20, n)
    fields = {
        "title": "Energy",
        "target": "energy_kWh",
        "task": "regression",
        "facts": {"rows": str(n)},
        "split": {"train": "past", "test": "future"},
        "scores": [Score("forest", {"RMSE": 3.0, "R2": 0.9}, False), Score("mean", {"RMSE": 20.0, "R2": 0.0})],
        "actual": actual,
        "predicted": actual + rng.normal(0, 3, n),
        "unit": "kWh",
        "times": np.datetime64("2024-01-01T00:00", "ns") + np.arange(n) * np.timedelta64(1, "h") if times else None,
        "columns": [ColumnLine("speed", "number", "lever", "units/h", 3)],
        "suspects": [Suspect("carbon", "correlation 0.999")],
        "importances": [("speed", 0.7), ("carbon", 0.3)],
    }
    return ReportContent(**{**fields, **changes})


def classification(classes=("bad", "good")) -> ReportContent:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, len(classes), 300)
    probabilities = rng.dirichlet(np.ones(len(classes)), 300)
    names = np.array(list(classes), dtype=object)
    return regression(
        300,
        task="classification",
        actual=names[truth],
        predicted=names[probabilities.argmax(1)],
        classes=list(classes),
        probabilities=probabilities,
    )


class Watcher(HTMLParser):
    """Notes tags that do not close and anything loaded from elsewhere."""

    VOID = ("meta", "br")

    def __init__(self):
        super().__init__()
        self.open, self.outside, self.tags = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.outside += [v for k, v in attributes if k in ("src", "href", "xlink:href", "action")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def watch(page: str) -> Watcher:
    watcher = Watcher()
    watcher.feed(page)
    return watcher


@pytest.mark.parametrize(
    "content", [regression(), regression(times=False), regression(20_000), classification(), classification("abcdefgh")]
)
def test_the_page_is_whole_and_loads_nothing_from_elsewhere(content):
    page = to_html(content)
    watcher = watch(page)
    assert watcher.open == [] and watcher.outside == []
    assert "script" not in watcher.tags and "url(" not in page and "@import" not in page
    assert "nan" not in page.lower().replace("nanmean", "")


def test_texts_of_the_user_are_escaped_everywhere():
    content = regression(
        title=EVIL,
        target=EVIL,
        unit=EVIL,
        facts={EVIL: EVIL},
        split={EVIL: EVIL},
        scores=[Score(EVIL, {EVIL: 1.0}, False, EVIL)],
        columns=[ColumnLine(EVIL, EVIL, EVIL, EVIL, 1, True, EVIL)],
        suspects=[Suspect(EVIL, EVIL)],
        importances=[(EVIL, 1.0)],
        notes=[EVIL],
    )
    assert "<script" not in to_html(content)
    assert "<script" not in to_html(classification((EVIL, "good")))


def test_many_rows_do_not_make_a_large_page():
    assert len(to_html(regression(200_000))) < 400_000


@pytest.mark.parametrize(
    "values", [np.zeros(50), np.full(50, np.nan), np.r_[np.nan, np.arange(49.0)], np.full(50, 1e300), np.array([5.0])]
)
def test_odd_numbers_still_give_a_page(values):
    page = to_html(regression(values.size, actual=values, predicted=values[::-1].copy()))
    assert watch(page).open == []
    assert "inf" not in page.split("<svg", 1)[1].split("Data and split")[0].replace("information", "")


def test_the_best_baseline_stands_beside_each_headline_number():
    scores = [Score("forest", {"RMSE": 3.0}, False), Score("mean", {"RMSE": 20.0}), Score("last", {"RMSE": 9.0})]
    page = to_html(regression(scores=scores))
    assert "best baseline (last): 9.00" in page


def test_several_models_share_one_page():
    page = to_html(regression(), regression(title="Waste"))
    assert page.count("<article>") == 2 and "Waste" in page and watch(page).open == []


def test_writing_replaces_the_old_page_and_leaves_no_temporary_file(tmp_path):
    path = tmp_path / "r.html"
    path.write_text("old")
    write_html(path, regression())
    assert path.read_text().startswith("<!doctype html>")
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]


def test_buckets_keep_the_extremes_of_every_part():
    values = np.random.default_rng(2).normal(size=10_000)
    values[1234] = 99.0
    _, low, mean, high = buckets(np.arange(10_000.0), values, n_buckets=100)
    assert low.min() == values.min() and high.max() == 99.0
    assert mean.mean() == pytest.approx(values.mean())


def test_ticks_are_round_and_inside():
    assert nice_ticks(0.03, 0.97) == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert nice_ticks(5.0, 5.0) == [5.0]


@pytest.mark.parametrize("span", ["10s", "3h", "40h", "9D", "60D", "500D", "40000D"])
def test_times_get_a_handful_of_ticks_whatever_the_span(span):
    unit = span[-1]
    start = np.datetime64("2018-01-01T00:07:13", "ns")
    end = start + np.timedelta64(int(span[:-1]), unit).astype("timedelta64[ns]")
    values = [value for value, _ in time_ticks(start, end)]
    assert 1 <= len(values) <= 14
    assert values == sorted(set(values))
    assert start.astype(np.int64) / 1e9 <= values[0] and values[-1] <= end.astype(np.int64) / 1e9


def test_numbers_are_written_for_people():
    assert format_number(1234567.0) == "1\u2009234\u2009567"
    assert format_number(-0.01234) == "\u22120.0123"
    assert format_number(float("nan")) == "–"
    assert format_number(0.0) == "0"
