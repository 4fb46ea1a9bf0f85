# SPDX-License-Identifier: MIT
"""The simulated dust site from Python: a Frame with meaning, the same every time, and its CSV reads back."""

import numpy as np
import plantwright as pw
import pytest


def test_the_same_seed_gives_the_same_table_and_another_seed_another():
    def dust(seed):
        return pw.simulate.DustSite(days=20, seed=seed).run()["PM10_ug_m3"]

    np.testing.assert_array_equal(dust(3), dust(3))
    assert not np.array_equal(dust(3), dust(4), equal_nan=True)


def test_stations_are_placed_as_asked():
    places = {"a": (1.0, 0.0), "b": (3.0, 270.0)}
    site = pw.simulate.DustSite(days=2, stations=places)
    assert site.stations == places
    assert site.run()["station"].tolist() == ["a", "b"] * 48
    assert set(pw.simulate.DustSite().stations) == {"gate", "village", "school", "farm"}


def test_the_days_are_the_means_of_the_hours():
    site = pw.simulate.DustSite(days=90, seed=2, missing_fraction=0.1)
    hours, days = site.run(), site.days()
    pm10 = hours["PM10_ug_m3"].reshape(90, 24, 4)
    known = (~np.isnan(pm10)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        expected = np.where(known >= 18, np.nanmean(pm10, axis=1), np.nan)
    np.testing.assert_allclose(days["PM10_mean_ug_m3"].reshape(90, 4), expected, rtol=1e-12)
    told = ~np.isnan(days["exceeds"])
    np.testing.assert_array_equal(days["exceeds"][told] == 1, days["PM10_lower_ug_m3"][told] >= 150)


def test_flags_tell_why_a_value_stands_at_an_end_of_the_range():
    hours = pw.simulate.DustSite(days=365, dustiness=2, detection_limit_ug_m3=25, saturation_ug_m3=500).run()
    pm10, flag = hours["PM10_ug_m3"], hours["PM10_flag"]
    assert (pm10[flag == "below_detection"] == 25).all() and (flag == "below_detection").any()
    assert (pm10[flag == "saturated"] == 500).all() and (flag == "saturated").any()
    assert np.isnan(pm10[[value is None for value in flag]]).all()


def test_weather_and_plan_are_inputs_and_the_truth_is_none():
    schema = pw.simulate.DustSite(days=1).run().schema
    assert schema["rain_mm"].role == "disturbance" and schema["rain_mm"].unit == "mm"
    assert schema["PM10_ug_m3"].role == "target"
    assert not schema["PM10_flag"].known_at_prediction
    assert not any(name.startswith(("true_", "episode_", "PM10")) for name in schema.input_names)


def test_the_table_written_as_csv_reads_back_to_the_same_bits(tmp_path):
    frame = pw.simulate.DustSite(days=20, stations={"gate": (1.3, 140)}, missing_fraction=0.05).run()
    frame.to_csv(tmp_path / "dust.csv")
    again = pw.read_csv(tmp_path / "dust.csv", time="time")
    assert again.columns == frame.columns
    for name in frame.columns:
        if frame.schema[name].kind == "category":
            assert again[name].tolist() == frame[name].tolist()
        else:
            np.testing.assert_array_equal(again[name], frame[name])


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("days", 0), ("dustiness", -1), ("missing_fraction", 0.9), ("start", "1.1.2023"), ("stations", {})],
)
def test_parameters_out_of_range_are_refused_by_name(parameter, value):
    with pytest.raises(pw.InvalidArgument, match=f"DustSite: {parameter}"):
        pw.simulate.DustSite(**{parameter: value})


def test_a_station_too_close_is_named():
    with pytest.raises(pw.InvalidArgument, match=r"distance_km of station 'pit' must be in \[0.3, 50\]"):
        pw.simulate.DustSite(stations={"pit": (0.0, 0.0)})
