# SPDX-License-Identifier: MIT
"""The thermal plant watched through a real broker: no alarm is lost when broker or detector is killed."""

import importlib
import io
import json
import sys
import time
import warnings

import numpy as np
import plantwright as pw
import pytest

pytest.importorskip("paho.mqtt.client", reason="needs paho-mqtt")
pytest.importorskip("rich", reason="needs rich")
pytestmark = pytest.mark.xdist_group("mqtt")  # one broker at a time

WAIT_S = 240  # for conditions that hold within seconds; nothing is measured by it
MODULES = ("messages", "broker", "publisher", "detector_service", "alarm_log", "dashboard", "faults", "detectors",
           "promises", "watch")  # fmt: skip
FAULTS = [
    pw.simulate.ThermalFault("sensor_bias", start_h=hour, hours=1, severity=20, sensor=sensor)
    for hour, sensor in ((2, "oxygen_percent"), (5, "load_percent"), (8, "turbine_vibration_mm_s"))
]


@pytest.fixture(scope="module")
def example(repository):
    """The example's modules by name, imported as when a script of it is started."""
    folder = str(repository / "docs" / "examples" / "thermal_plant")
    sys.path.insert(0, folder)
    yield {name: importlib.import_module(name) for name in MODULES}
    sys.path.remove(folder)
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def rows(example):
    """Ten hours with three strong faults."""
    plant = pw.simulate.ThermalPlant(rows=600, faults=FAULTS, trips_per_year=0, seed=5, truth=False)
    return example["detectors"].running_rows(plant)


@pytest.fixture(scope="module")
def watch(example):
    """A detector fitted on four faultless days."""
    normal = pw.simulate.ThermalPlant(rows=4 * 1440, faults=[], trips_per_year=0, seed=4, truth=False)
    detector = pw.EnsembleDetector(
        [pw.MewmaChart(), pw.Mahalanobis()], alarms_per_day=2, on_delay=2, off_delay=5, clear_share=0.7
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pw.core.DataWarning)  # four days promise little
        return detector.fit(example["detectors"].running_rows(normal))


@pytest.fixture
def broker(example, tmp_path):
    if example["broker"].program() is None:
        pytest.skip("mosquitto is not installed")
    with example["broker"].Broker(tmp_path / "broker") as started:
        yield started


class Watched:
    """The example's chain, and waiting for what must come."""

    def __init__(self, chain):
        self.chain = chain

    def wait_for_rows(self, n_rows):
        self.wait_until(lambda: self.chain.publisher.confirmed >= n_rows)

    def wait_until(self, condition):
        deadline = time.monotonic() + WAIT_S
        while not condition():
            assert time.monotonic() < deadline, "waited too long"
            assert self.chain.detector.poll() is None, "the detector has ended by itself"
            time.sleep(0.005)

    def restart_detector(self):
        self.chain.kill_detector()
        self.chain.start_detector()

    def finish(self, expected):
        """Begins and ends when all rows are judged and as many have come as are expected."""
        n_expected = sum(1 + (end is not None) for _, end in expected.values())
        self.wait_until(lambda: not self.chain.sender.is_alive())
        self.wait_until(lambda: len(self.begins_and_ends()) >= n_expected)
        return self.begins_and_ends()

    def begins_and_ends(self):
        return [message for message in self.chain.told() if message["what"] != "update"]


@pytest.fixture
def watched(example, watch, rows, broker, tmp_path):
    pw.save(watch, tmp_path / "watch.plw")
    with example["watch"].Chain(tmp_path / "watch.plw", rows, broker, tmp_path) as chain:
        yield Watched(chain)


@pytest.fixture(scope="module")
def expected(watch, rows):
    """Begin and end of each alarm by event id, of a batch over the same rows."""
    found = watch.verdicts(rows)
    standing = np.isin(found["state"], ["alarm", "clearing"])
    starts = found["event_start"]
    first = np.flatnonzero(standing & ~(np.r_[False, standing[:-1]] & (starts == np.r_[0, starts[:-1]])))
    alarms = {}
    for i in first:
        ended = np.flatnonzero(~(standing & (starts == starts[i]))[i:])
        alarms[int(starts[i])] = (i, i + ended[0] if len(ended) else None)
    return alarms


def spans(told, rows):
    """Begin and end rows by the nanoseconds at which the event began."""
    place = {time: i for i, time in enumerate(rows["time"].astype("M8[ns]").view(np.int64))}

    def row(time):
        return place[int(np.datetime64(time, "ns").view(np.int64))]

    begins = {m["event"]: m for m in told if m["what"] == "begin"}
    ends = {m["event"]: row(m["time"]) for m in told if m["what"] == "end"}
    return {
        int(np.datetime64(m["since"], "ns").view(np.int64)): (row(m["time"]), ends.get(event))
        for event, m in begins.items()
    }


def test_the_faults_of_these_tests_give_alarms_that_begin_and_end(expected):
    assert len(expected) >= 3
    assert sum(end is not None for _, end in expected.values()) >= 3


def test_alarms_through_the_broker_are_those_of_a_batch_and_name_the_sensor_at_fault(watched, rows, expected):
    told = watched.finish(expected)
    assert spans(told, rows) == expected
    assert len({m["id"] for m in told}) == len(told)
    assert told[0]["what"] == "begin" and told[0]["state"] == "alarm" and told[0]["severity"] > 2
    worst = told[0]["blamed"][0]
    assert worst["sensor"] == "oxygen_percent" and worst["unit"] == "%" and 0 < worst["share"] <= 1
    assert 0.5 < worst["deviation"] < 3  # 20 residual deviations of 0.085


def test_killing_the_detector_loses_no_alarm(watched, rows, expected):
    begin, end = min(expected.values())
    for n_rows in (begin + 1, end + 1):
        watched.wait_for_rows(n_rows)
        watched.restart_detector()
    assert spans(watched.finish(expected), rows) == expected


def test_killing_the_broker_loses_no_alarm(watched, rows, expected):
    begin, end = min(expected.values())
    for n_rows in (begin + 1, end + 1):
        watched.wait_for_rows(n_rows)
        watched.chain.broker.kill()
        watched.chain.broker.start()
    assert spans(watched.finish(expected), rows) == expected


def test_killing_both_at_once_loses_no_alarm(watched, rows, expected):
    begin, _ = min(expected.values())
    watched.wait_for_rows(begin + 1)
    watched.chain.broker.kill()
    watched.chain.kill_detector()
    watched.chain.broker.start()
    watched.chain.start_detector()
    assert spans(watched.finish(expected), rows) == expected


def test_a_broker_that_has_forgotten_everything_loses_no_alarm(watched, rows, expected):
    begin, _ = min(expected.values())
    watched.wait_for_rows(begin + 1)
    watched.chain.broker.kill()
    (watched.chain.broker.folder / "mosquitto.db").unlink(missing_ok=True)
    watched.chain.broker.start()
    assert spans(watched.finish(expected), rows) == expected


def test_who_listens_only_afterwards_has_missed_nothing(watched, example, rows, expected, tmp_path):
    told = watched.finish(expected)
    late = example["alarm_log"].AlarmLog(tmp_path / "late.jsonl", watched.chain.broker.address, "unit1", "late")
    late.start()
    watched.wait_until(lambda: len(example["alarm_log"].read(tmp_path / "late.jsonl")) >= len(watched.chain.told()))
    late.stop()
    assert [m for m in example["alarm_log"].read(tmp_path / "late.jsonl") if m["what"] != "update"] == told


def test_doubles_carry_the_same_id_and_are_written_once(watched, rows, expected):
    n_told = len(watched.finish(expected))
    watched.restart_detector()  # tells its latest messages again
    watched.wait_until(lambda: watched.chain.log.n_doubles >= n_told)
    assert spans(watched.begins_and_ends(), rows) == expected


# ---- without a broker


class Verdicts:
    """Verdicts made up, one a row."""

    def __init__(self, *states):
        self._states = states

    def __iter__(self):
        for i, (state, event) in enumerate(self._states):
            yield pw.detect.EnsembleVerdict(state, 3.0, 0.001, time=np.datetime64(i, "ns"), event=event)


def test_an_event_that_follows_another_at_once_ends_the_first(example):
    teller = example["detector_service"].AlarmTeller()
    rows = Verdicts(("alarm", "a"), ("clearing", "a"), ("alarm", "b"), ("normal", None), ("pending", "c"))
    told = [(m["id"], m["what"]) for verdict in rows for m in teller.messages(verdict)]
    assert told == [("a#0", "begin"), ("a#1", "update"), ("a#2", "end"), ("b#0", "begin"), ("b#1", "end")]


def test_a_teller_goes_on_from_its_memory(example):
    make = example["detector_service"].AlarmTeller
    before = make()
    for verdict in Verdicts(("alarm", "a")):
        before.messages(verdict)
    after = make(json.loads(json.dumps(before.memory)))
    (said,) = after.messages(next(iter(Verdicts(("normal", None)))))
    assert (said["id"], said["what"]) == ("a#1", "end")


@pytest.mark.parametrize(
    "payload", [b"", b"\xff", b"7", b"{}", b'{"time": 1, "readings": 2}', b'{"time": "soon", "readings": {}}']
)
def test_what_is_no_row_is_refused(example, payload):
    with pytest.raises(ValueError):
        example["messages"].row_of(payload)


def test_a_row_comes_back_with_the_same_bits(example):
    readings = {"a": 0.1 + 0.2, "b": float("nan")}
    moment = np.datetime64("2024-03-05T10:17:00.123456789")
    back = example["messages"].row_of(example["messages"].row_message(moment, readings).encode())
    assert back == (moment, {"a": 0.1 + 0.2, "b": None})


def test_half_a_line_left_by_a_crash_is_cut_off(example, tmp_path):
    path = tmp_path / "alarms.jsonl"
    path.write_text('{"id": "a#0"}\n{"id": "a#', encoding="utf-8")
    example["alarm_log"].AlarmLog(path, example["messages"].Address())
    assert path.read_text(encoding="utf-8") == '{"id": "a#0"}\n'


# ---- the dashboard


@pytest.fixture
def board(example):
    """After a calm row and one in alarm, half a second apart."""
    moments = iter([0.0, 0.5, 1.0, 1.0])
    made = example["dashboard"].Board(clock=lambda: next(moments))
    message = example["messages"].row_message
    for load in (80.0, 91.5):
        made.hear(
            "u/readings", message(np.datetime64("2024-03-05T10:17", "ns"), {"load": load, "oil": float("nan")}).encode()
        )
    blame = [pw.detect.Blame("load", 0.8, 7.25, "%"), pw.detect.Blame("oil", 0.2, float("nan"), "C")]
    verdict = pw.detect.EnsembleVerdict(
        "alarm", 4.5, 3e-5, blame, time=np.datetime64("2024-03-05T10:17", "ns"), event="e"
    )
    for said in example["detector_service"].AlarmTeller().messages(verdict) * 2:  # a double
        made.hear("u/alarms", json.dumps(said).encode())
    made.hear("u/state", json.dumps(example["messages"].verdict_message(verdict) | {"raise_level": 3.0}).encode())
    return made


def shown(board):
    from rich.console import Console

    console = Console(record=True, width=110, file=io.StringIO())
    console.print(board)
    return console.export_text()


def test_the_dashboard_shows_state_severity_sensors_and_alarms(board):
    text = shown(board)
    for part in (
        "alarm   2024-03-05 10:17",
        "severity  4.50",
        "alarm from 3.00",
        "2 rows, 0.4 a second",
        "91.50",
        "+7.25 %",
    ):
        assert part in text, part
    assert "■■■■■■■■    80%" in text  # of ten
    assert text.count("stands") == 1
    assert next(line for line in text.splitlines() if " oil " in line).split()[1:4] == ["oil", "│", "–"]


def test_an_alarm_that_ended_says_when(board, example):
    end = {"id": "e#1", "event": "e", "what": "end", "state": "normal", "time": "2024-03-05T10:59:00", "blamed": []}
    board.hear("u/alarms", json.dumps(end).encode())
    text = shown(board)
    assert "stands" not in text and "2024-03-05 10:17  2024-03-05 10:59  load +7.25 %" in text


def test_a_board_that_has_heard_nothing_waits(example):
    assert "waiting" in shown(example["dashboard"].Board())


def test_a_sparkline_spans_lowest_to_highest_and_leaves_out_what_is_missing(example):
    assert example["dashboard"].sparkline([1.0, float("nan"), 8.0]) == "▁ █"
    assert example["dashboard"].sparkline([float("nan")]) == " "
    assert example["dashboard"].sparkline([3.0, 3.0]) == "▁▁"


# ---- the whole example


def test_faults_of_other_kinds_are_judged_by_nobody(example):
    events = pw.Frame({"kind": ["a", "b"], "begin": [1.0, 4.0], "end": [3.0, 5.0]})
    labels = example["faults"].labels_of_kind(np.array([0.0, 1, 1, 0, 1, 0]), events, "a")
    np.testing.assert_array_equal(labels, [0, 1, 1, 0, np.nan, 0])


def test_the_network_may_be_left_out(example):
    detectors = example["detectors"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pw.core.DataWarning)
        watch = detectors.fitted(detectors.faultless(days=15, seed=1), seed=1, network=False)
    assert list(watch.members_) == ["MewmaChart", "DynamicPCA", "IsolationForest", "RangeRules"]


def test_the_example_runs_and_says_what_it_promises_of_every_kind_of_fault(example, tmp_path, capsys):
    if example["broker"].program() is None:
        pytest.skip("mosquitto is not installed")
    arguments = ["--days", "40", "--live-days", "2", "--rows-per-second", "0", "--output", str(tmp_path)]
    found = example["watch"].run(example["watch"].parse(arguments))
    printed = capsys.readouterr().out
    assert list(found["watch"].members_)[-1] == "LSTMAutoencoder" and not found["watch"].left_out_
    assert set(found["reports"]) == set(pw.simulate.ThermalPlant.fault_kinds)
    for kind, report in found["reports"].items():
        assert f"{kind.replace('_', ' '):16s} {report.sentence}" in printed
        assert "missed" in report.sentence
    assert 0.1 < found["realised"] < 5  # one was asked; 40 days of winter promise little
    assert found["told"]
    page = (tmp_path / "watched.html").read_text(encoding="utf-8")
    assert "What was seen" in page and "steam_pressure_bar [bar]" in page
