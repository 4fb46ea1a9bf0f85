# SPDX-License-Identifier: MIT
"""The timeline of a detection report: nothing seen is lost, what was blamed is shaded, what was true is marked."""

import re

import numpy as np
import plantwright as pw
import pytest
from plantwright.report import Fault, Timeline
from plantwright.report._timeline import alarm_table, lanes


def timeline(n=300, **changes):
    rows = np.random.default_rng(0).normal(size=(n, 2))
    alarms = np.zeros(n, bool)
    alarms[200:220] = True
    blame = np.tile([0.75, 0.25], (n, 1))
    times = np.datetime64("2024-05-01", "ns") + np.arange(n) * np.timedelta64(1, "m")
    fields = {
        "times": times, "sensors": ("load", "<speed>"), "units": ("MW", ""), "values": rows, "alarms": alarms,
        "severity": np.abs(rows[:, 0]), "blame": blame, "level": 2.0, "faults": (Fault(195, 215, "drift", ("load",)),),
    }  # fmt: skip
    return Timeline(**(fields | changes))


def svgs(page):
    """Of the severity, then of each sensor."""
    return re.findall(r"<svg.*?</svg>", page, re.S)


def heights(svg):
    """What the drawn course reaches, in pixels of the canvas."""
    path = re.search(r'class="line seen" d="([^"]*)"', svg)[1]
    return np.array([float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", path)])


def test_a_lane_for_the_severity_and_one_for_each_sensor():
    page = lanes(timeline())
    assert re.findall(r"<h3>(.*?)</h3>", page) == ["severity", "load [MW]", "&lt;speed&gt;"]
    assert len(svgs(page)) == 3


@pytest.mark.parametrize("n", [300, 100_000])
def test_a_spike_of_one_row_is_drawn_to_its_height_however_many_rows_there_are(n):
    calm, spiky = np.zeros((n, 2)), np.zeros((n, 2))
    calm[0], spiky[0], spiky[n // 3, 1] = -1, -1, 50
    page = lanes(timeline(n, values=spiky))
    top = heights(svgs(page)[2]).min()
    assert top == pytest.approx(heights(svgs(lanes(timeline(n, values=spiky[:, ::-1])))[1]).min())
    assert np.ptp(heights(svgs(page)[2])) > 50 > 5 > np.ptp(heights(svgs(page)[1])[2:])


def test_many_rows_do_not_make_a_large_page():
    assert len(lanes(timeline(500_000))) < 150_000


def test_blame_is_shaded_by_its_share_and_only_while_an_alarm_stands():
    _, load, speed = svgs(lanes(timeline()))
    assert re.findall(r'class="blamed (shade\d)"', load) == ["shade4"]
    assert re.findall(r'class="blamed (shade\d)"', speed) == ["shade2"]
    left, width = map(float, re.search(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"[^>]*blamed', load).groups())
    assert left == pytest.approx(62 + 200 / 299 * 884, abs=6)
    assert width == pytest.approx(20 / 299 * 884, abs=4)
    assert "blamed" not in svgs(lanes(timeline(alarms=np.zeros(300, bool))))[1]


def test_one_extreme_severity_does_not_flatten_the_others():
    severity = np.abs(timeline().values[:, 0])
    extreme = np.where(np.arange(300) == 100, 300.0, severity)
    drawn = heights(svgs(lanes(timeline(severity=extreme)))[0])
    assert np.ptp(np.delete(drawn, 100)) > 15


def test_true_faults_are_marked_where_they_touch_a_sensor():
    severity, load, speed = svgs(lanes(timeline()))
    assert ['class="fault"' in svg for svg in (severity, load, speed)] == [True, True, False]
    assert "<title>drift</title>" in load
    assert "truly at fault" not in lanes(timeline(faults=()))


def test_the_course_is_broken_where_rows_are_missing_for_long():
    times = timeline().times.copy()
    times[150:] += np.timedelta64(3, "h")
    path = re.search(r'class="line seen" d="([^"]*)"', svgs(lanes(timeline(times=times)))[1])[1]
    assert path.count("M") == 2
    assert re.search(r'class="line seen" d="([^"]*)"', svgs(lanes(timeline()))[1])[1].count("M") == 1


def test_each_alarm_is_told_with_whom_it_blamed_and_what_was_true():
    (row,) = re.findall(r"<tr>(<td>.*?)</tr>", alarm_table(timeline()))
    cells = re.findall(r"<td>(.*?)</td>", row)
    assert cells[:2] == ["2024-05-01 03:20", "2024-05-01 03:39"]
    assert cells[3:] == ["load 75%, &lt;speed&gt; 25%", "drift: load"]
    assert "no fault" in alarm_table(timeline(faults=(Fault(0, 9, "drift"),)))
    assert "No alarm" in alarm_table(timeline(alarms=np.zeros(300, bool)))


def test_odd_rows_still_give_lanes():
    nothing = np.full((300, 2), np.nan)
    assert "<svg" in lanes(timeline(values=nothing, blame=nothing, severity=nothing[:, 0], level=None, times=None))
    assert "nobody" in alarm_table(timeline(blame=nothing))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"values": np.zeros((300, 3))}, "values must be of shape"),
        ({"severity": np.zeros(299)}, "severity must be of shape"),
        ({"units": ("MW",)}, "units must be of shape"),
        ({"times": timeline().times[:10]}, "times must be of 300 rows"),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    with pytest.raises(pw.InvalidArgument, match=message):
        timeline(**changes)


def test_a_report_shows_what_an_ensemble_said_of_a_table():
    random = np.random.default_rng(0)
    rows = random.normal(size=(2500, 3))
    rows[2300:2350, 1] += 9
    times = np.datetime64("2024-05-01", "ns") + np.arange(2500) * np.timedelta64(1, "m")
    names = {"time": times} | dict(zip("abc", rows.T, strict=True))
    table = pw.Frame(names, roles={"time": "time"}, units={"b": "bar"})
    watch = pw.EnsembleDetector([pw.MewmaChart(), pw.Mahalanobis()], false_alarm_rate=0.05).fit(table[np.arange(2000)])
    found = watch.verdicts(table, blame=True)
    truth = pw.Frame({"begin": [2300.0], "end": [2350.0], "kind": ["bias"], "sensors": ["b"]})
    shown = Timeline.of(table, found, faults=truth, level=watch.raise_level_)
    assert (shown.sensors, shown.units, shown.faults) == (
        ("a", "b", "c"),
        ("", "bar", ""),
        (Fault(2300, 2350, "bias", ("b",)),),
    )
    report = pw.evaluate.detection_report(
        events=[(2300, 2350)], scores=found["severity"], alarms=shown.alarms, times=times
    )
    page = report.to_html(timeline=shown)
    assert page.index("What was seen") < page.index("Beside trivial detectors")
    assert re.search(r"b \d+%[^<]*</td><td>bias: b", page)
    assert "What was seen" not in report.to_html()
    with pytest.raises(pw.InvalidArgument, match="must hold blame"):
        Timeline.of(table, watch.verdicts(table))
