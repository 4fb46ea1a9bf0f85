# SPDX-License-Identifier: MIT
"""The simulated site from Python: a Frame with meaning, the same every time, and it survives the way through a CSV."""

import numpy as np
import plantwright as pw
import pytest


def test_the_same_seed_gives_the_same_table_and_another_seed_another():
    def energy(seed):
        return pw.simulate.ProductionSite(days=30, seed=seed).run()["energy_kWh"]

    assert np.array_equal(energy(3), energy(3))
    assert not np.array_equal(energy(3), energy(4))


def test_the_schema_tells_levers_disturbances_targets_and_labels_apart():
    schema = pw.simulate.ProductionSite(days=1).run().schema
    assert schema["line2_speed_setpoint_units_per_h"].role == "lever"
    assert schema["ambient_temperature_C"].role == "disturbance"
    assert schema["waste_kg"].role == "target" and schema["waste_kg"].unit == "kg"
    assert schema["fault_worn_tool_severity"].role == "ignored"
    assert not schema["line1_units"].known_at_prediction
    assert not any(name.startswith(("fault_", "energy_", "waste_")) for name in schema.input_names)


def test_faults_are_listed_with_start_end_line_and_severity():
    faults = pw.simulate.ProductionSite(days=365, faults_per_year=12).faults()
    assert (faults["end"] > faults["start"]).all()
    assert set(faults["line"]) <= {1.0, 2.0, 3.0}
    assert ((faults["severity"] > 0) & (faults["severity"] <= 1)).all()


def test_a_site_without_faults_has_none():
    assert len(pw.simulate.ProductionSite(days=365, faults_per_year=0).faults()) == 0


def test_the_table_written_as_csv_reads_back_to_the_same_bits(tmp_path):
    frame = pw.simulate.ProductionSite(days=20, missing_fraction=0.05).run()
    frame.to_csv(tmp_path / "site.csv")
    again = pw.read_csv(tmp_path / "site.csv", time="time")
    assert again.columns == frame.columns
    for name in frame.columns:
        if frame.schema[name].kind == "category":
            assert again[name].tolist() == frame[name].tolist()
        else:
            np.testing.assert_array_equal(again[name], frame[name])


@pytest.mark.parametrize(
    ("parameter", "value"), [("days", 0), ("n_lines", 17), ("missing_fraction", 0.9), ("start", "1.1.2023")]
)
def test_parameters_out_of_range_are_refused_by_name(parameter, value):
    with pytest.raises(pw.InvalidArgument, match=f"ProductionSite: {parameter}"):
        pw.simulate.ProductionSite(**{parameter: value})
