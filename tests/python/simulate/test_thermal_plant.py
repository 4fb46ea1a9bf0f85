# SPDX-License-Identifier: MIT
"""The simulated thermal plant from Python: a Frame with meaning, severities as declared, the same every time."""

import numpy as np
import plantwright as pw
import pytest
from plantwright.simulate import ThermalFault, ThermalPlant

SENSORS = list(ThermalPlant.sensors)
CALM = {"faults": [], "trips_per_year": 0, "missing_fraction": 0, "lost_fraction": 0}


def readings(frame):
    return np.column_stack([frame[name] for name in SENSORS])


def test_the_eight_sensors_are_the_only_inputs_and_know_their_range_and_unit():
    schema = ThermalPlant(rows=10).run().schema
    assert schema.input_names == SENSORS
    ranges = {name: (schema[name].lowest, schema[name].highest, schema[name].unit) for name in SENSORS}
    assert ranges == {
        "steam_temperature_C": (480, 520, "C"),
        "steam_pressure_bar": (140, 160, "bar"),
        "turbine_vibration_mm_s": (0.5, 2, "mm/s"),
        "generator_temperature_C": (60, 80, "C"),
        "cooling_water_C": (25, 35, "C"),
        "fuel_flow_kg_s": (50, 80, "kg/s"),
        "oxygen_percent": (2.5, 3.5, "%"),
        "load_percent": (70, 95, "%"),
    }
    assert {schema[name].role for name in ("fault", "anomaly", "operating_state", "true_soot")} == {"ignored"}


@pytest.mark.parametrize("seed", [0, 3])
def test_the_unit_of_severity_is_what_the_other_sensors_leave_unexplained_in_a_year(seed):
    values = readings(ThermalPlant(rows=366 * 144, period_s=600, seed=seed, truth=False, **CALM).run())
    for j, name in enumerate(SENSORS):
        others = np.column_stack([np.delete(values, j, axis=1), np.ones(len(values))])
        residual = values[:, j] - others @ np.linalg.lstsq(others, values[:, j], rcond=None)[0]
        assert residual.std() == pytest.approx(ThermalPlant.residual_sd[name], rel=0.12), name


def test_normal_operation_is_not_linear():
    """The turbine's valves throttle in turn, so that its vibration goes up and down with the load."""
    frame = ThermalPlant(rows=20_000, noise=0, **CALM).run()
    load, shaking = frame["load_percent"], frame["turbine_vibration_mm_s"]

    def left(target, *columns):
        terms = np.column_stack([*columns, np.ones(len(target))])
        return (target - terms @ np.linalg.lstsq(terms, target, rcond=None)[0]).std()

    wave = [f(2 * np.pi * load / 8) for f in (np.sin, np.cos)]
    assert left(shaking, load, load**2, *wave) < 0.97 * left(shaking, load)


def test_the_same_seed_gives_the_same_table_and_another_seed_another():
    def oxygen(seed):
        return ThermalPlant(rows=500, seed=seed).run()["oxygen_percent"]

    np.testing.assert_array_equal(oxygen(3), oxygen(3))
    assert not np.array_equal(oxygen(3), oxygen(4), equal_nan=True)


def test_a_fault_that_is_asked_for_is_labelled_and_stands_in_the_events():
    bias = ThermalFault("sensor_bias", start_h=2, hours=3, severity=-5, sensor="steam_pressure_bar")
    wear = ThermalFault("bearing_wear", start_h=8, hours=10, severity=6)
    plant = ThermalPlant(rows=1440, **{**CALM, "faults": [wear, bias]})
    frame, events = plant.run(), plant.events()
    assert events["kind"].tolist() == ["sensor_bias", "bearing_wear"]
    assert events["sensors"].tolist() == ["steam_pressure_bar", "turbine_vibration_mm_s generator_temperature_C"]
    assert events["severity"].tolist() == [5, 6]
    assert events["size"][0] == pytest.approx(-5 * ThermalPlant.residual_sd["steam_pressure_bar"])
    assert (events["end"] - events["start"]).tolist() == [int(h * 3.6e12) for h in (3, 10)]
    assert np.flatnonzero(frame["anomaly"]).tolist() == [*range(120, 300), *range(480, 1080)]
    assert set(frame["fault"][480:1080]) == {"bearing_wear"}
    assert set(frame["event"][120:300]) == {0.0}
    assert np.isnan(frame["event"][:120]).all()


def test_faults_come_after_the_faultless_days_with_the_severities_asked_for():
    asked = {"faults_per_week": 10, "faultless_days": 21, "lowest_severity": 4, "highest_severity": 6}
    events = ThermalPlant(rows=8 * 10_080, truth=False, **asked).events()
    assert len(events) > 20
    assert events["start"].min() >= np.datetime64("2024-01-22")
    moved = events["kind"] != "stuck_sensor"
    assert events["severity"][moved].min() >= 4 and events["severity"][moved].max() <= 6
    assert set(events["kind"]) == set(ThermalPlant.fault_kinds)


def test_range_rules_hardly_ever_fire_in_normal_operation_and_always_during_a_trip():
    plant = ThermalPlant(rows=20_160, seed=5, trips_per_year=60, faults=[], lost_fraction=0)
    frame, outages = plant.run(), plant.outages()
    low = np.array([frame.schema[name].lowest for name in SENSORS])
    high = np.array([frame.schema[name].highest for name in SENSORS])
    values = readings(frame)
    outside = ((values < low) | (values > high)).any(axis=1)
    assert outside[frame["operating_state"] == "running"].mean() < 0.001
    assert outside[frame["operating_state"] == "trip"].mean() > 0.999
    time = frame["time"]
    for trip, fires, end in zip(outages["start"], outages["start_up"], outages["end"], strict=True):
        assert set(frame["operating_state"][(time >= trip) & (time < fires)]) == {"trip"}
        assert set(frame["operating_state"][(time >= fires) & (time < end)]) <= {"start_up"}


def test_lost_rows_leave_gaps_in_time():
    time = ThermalPlant(rows=10_000, lost_fraction=0.05).run()["time"]
    steps = np.diff(time) // np.timedelta64(1, "m")
    assert len(time) == pytest.approx(9_500, abs=150)
    assert steps.min() == 1 and 2 <= steps.max() <= 20


def test_the_table_written_as_csv_reads_back_to_the_same_bits(tmp_path):
    frame = ThermalPlant(rows=3_000, faults_per_week=20, missing_fraction=0.05, seed=1).run()
    frame.to_csv(tmp_path / "thermal.csv")
    again = pw.read_csv(tmp_path / "thermal.csv", time="time")
    assert again.columns == frame.columns
    for name in frame.columns:
        if frame.schema[name].kind == "category":
            assert again[name].tolist() == frame[name].tolist()
        else:
            np.testing.assert_array_equal(again[name], frame[name])


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("rows", 0),
        ("period_s", 0.1),
        ("start", "1.1.2024"),
        ("steam_setpoint_C", 600),
        ("faults_per_week", -1),
        ("highest_severity", 1),
        ("missing_fraction", 0.9),
        ("noise", float("nan")),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(parameter, value):
    with pytest.raises(pw.InvalidArgument, match=f"ThermalPlant: {parameter}"):
        ThermalPlant(**{parameter: value})


def test_a_fault_that_cannot_be_is_refused_by_its_place_and_the_reason():
    with pytest.raises(pw.InvalidArgument, match=r"faults\[0\]: kind must be one of spike, drift, .* got 'flood'"):
        ThermalPlant(faults=[ThermalFault("flood", 1, 1)])
    with pytest.raises(pw.InvalidArgument, match="sensor must be empty for tube_leak"):
        ThermalPlant(faults=[ThermalFault("tube_leak", 1, 1, sensor="load_percent")])
