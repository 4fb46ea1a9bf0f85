# SPDX-License-Identifier: MIT
"""The simulated reactor from Python: right to scipy's Radau, a Frame with meaning, the same every time."""

import numpy as np
import plantwright as pw
import pytest
from scipy.integrate import solve_ivp

REACTOR = pw.simulate.Reactor()


def slope(volume, y, row, Cto, m):
    """The six equations as they are printed in docs/simulate.md."""
    Fa, Fb, Fc, Fd, T, Ta = y
    R, To, Ft = 1.987, row["inlet_K"], Fa + Fb + Fc + Fd
    k1, k2 = (40 * np.exp(E / R * (1 / 300 - 1 / T)) for E in (8_000, 14_000))
    Ca, Cb, Cc = (Cto * (F / Ft) * (To / T) for F in (Fa, Fb, Fc))
    r1A, r2C = -k1 * Ca * Cb**2, -k2 * Ca**2 * Cc**3
    removed = row["heat_transfer"] * (T - Ta)
    heated = 2 * r1A * -10_000 + 2 / 3 * r2C * -8_000 - removed
    warming = heated / (10 * Fa + 12 * Fb + 14 * Fc + 16 * Fd)
    return [r1A + 2 / 3 * r2C, 2 * r1A, -r1A + r2C, -r2C, warming, removed / (18.02 * m)]


def radau(row, Cto=None, m=None):
    """Outlet of one row of conditions, and its hot spot."""
    Cto = row["pressure_atm"] / (0.082 * row["inlet_K"]) if Cto is None else Cto
    start = [row["feed_A_mol_min"], row["feed_B_mol_min"], 0, 0, row["inlet_K"], row["coolant_inlet_K"]]
    arguments = (row, Cto, row["coolant_mol_min"] if m is None else m)
    found = solve_ivp(slope, (0, 20), start, "Radau", args=arguments, rtol=1e-9, atol=1e-11, dense_output=True)
    assert found.success
    fine = found.sol(np.linspace(0, 20, 20_001))
    return found.y[:, -1], max(fine[4].max(), found.y[4].max())


def rows_of(conditions):
    names = list(REACTOR.base_case)
    return [dict(zip(names, values, strict=True)) for values in np.column_stack([conditions[name] for name in names])]


@pytest.fixture(scope="module")
def history():
    return REACTOR.steady_states(1_000, seed=1)


def test_the_base_case_has_the_figures_it_is_known_for():
    out = REACTOR.solve(REACTOR.base_case)
    assert out["T_max_K"][0] == pytest.approx(655.5, abs=1)
    assert out["conversion_A"][0] == pytest.approx(0.990, abs=0.001)
    assert out["yield_C"][0] == pytest.approx(0.815, abs=0.001)


def test_agrees_with_radau_wherever_the_plant_may_be():
    random = np.random.default_rng(0)
    low = [2, 3, 2.5, 270, 2, 280, 10]
    high = [9, 18, 8, 420, 25, 400, 120]
    conditions = dict(zip(REACTOR.base_case, random.uniform(low, high, (6, 7)).T, strict=True))
    out = REACTOR.solve(conditions)
    for i, row in enumerate(rows_of(conditions)):
        outlet, hot_spot = radau(row)
        flows = [out[f"out_{species}_mol_min"][i] for species in "ABCD"]
        assert flows == pytest.approx(outlet[:4], abs=1e-5)
        assert [out["outlet_K"][i], out["coolant_outlet_K"][i]] == pytest.approx(outlet[4:], abs=2e-3)
        assert out["T_max_K"][i] == pytest.approx(hot_spot, abs=0.01)


@pytest.mark.parametrize(
    ("condition", "value", "stale"),
    [("pressure_atm", 4.4, {"Cto": 0.2}), ("inlet_K", 350.0, {"Cto": 0.2}), ("coolant_mol_min", 6.0, {"m": 10.0})],
)
def test_a_rows_own_pressure_concentration_and_coolant_flow_count(condition, value, stale):
    row = {**REACTOR.base_case, condition: value}
    hot_spot = REACTOR.solve(row)["T_max_K"][0]
    assert hot_spot == pytest.approx(radau(row)[1], abs=0.01)
    assert abs(hot_spot - radau(row, **stale)[1]) > 10


def test_what_a_published_data_set_of_this_reactor_froze_is_alive_here(data_dir):
    seed = data_dir / "reactor_seed" / "reactor_performance_data.csv"
    if not seed.exists():
        pytest.skip(f"{seed} is not here")
    table = pw.read_csv(seed)[:400]  # the first mode
    names = ["Fao", "Fbo", "P", "To", "m", "Ta"]
    ours = REACTOR.solve(dict(zip(list(REACTOR.base_case)[:6], (table[name] for name in names), strict=True)))
    theirs = np.column_stack([table[name] for name in names])
    inputs = (theirs - theirs.mean(axis=0)) / theirs.std(axis=0)

    def effect_of_pressure(target):
        """Of one standard deviation of pressure, others held, by least squares."""
        return np.linalg.lstsq(np.column_stack([np.ones(len(inputs)), inputs]), target, rcond=None)[0][3]

    assert abs(effect_of_pressure(table["T_max"])) < 1.5  # it is not in the equations
    assert effect_of_pressure(ours["T_max_K"]) > 10


def test_other_columns_are_not_read_and_the_heat_transfer_may_be_absent(history):
    out = REACTOR.solve(history)
    conditions = {name: history[name] for name in history.columns if name in REACTOR.base_case}
    assert "heat_transfer" not in conditions
    assert np.array_equal(out["yield_C"], REACTOR.solve(conditions)["yield_C"])
    assert np.array_equal(out["yield_C"], REACTOR.solve({**conditions, "heat_transfer": 80})["yield_C"])


def test_the_truth_of_the_history_can_be_solved_again_to_the_same_bits(history):
    again = REACTOR.solve({name: history[f"true_{name}"] for name in REACTOR.base_case})
    assert np.array_equal(again["yield_C"], history["true_yield_C"])
    assert np.array_equal(again["T_max_K"], history["true_T_max_K"])


def test_the_schema_tells_inputs_targets_truth_and_labels_apart(history):
    schema = history.schema
    assert schema.input_names == ["mode", "campaign_hour", *list(REACTOR.base_case)[:6]]
    assert schema["coolant_inlet_K"].role == "disturbance" and schema["pressure_atm"].unit == "atm"
    assert schema["yield_C"].role == "target" and schema["campaign"].role == "group"
    assert all(schema[name].role == "ignored" for name in history.columns if name.startswith("true_"))


def test_the_same_parameters_give_the_same_table_for_any_n_jobs(history):
    again = pw.simulate.Reactor(n_jobs=3).steady_states(1_000, seed=1)
    assert again.columns == history.columns
    assert all(np.array_equal(again[name], history[name]) for name in history.columns)
    assert not np.array_equal(REACTOR.steady_states(1_000, seed=2)["yield_C"], history["yield_C"])


def test_upsets_are_listed_and_marked(history):
    upsets = REACTOR.upsets(1_000, seed=1)
    assert len(upsets) > 5 and (upsets["end"] > upsets["start"]).all()
    for start, end, condition in zip(upsets["start"], upsets["end"], upsets["condition"], strict=True):
        inside = (history["time"] >= start) & (history["time"] < end)
        assert inside.any() and (history["upset"][inside] == condition).all()


def test_modes_can_be_ones_own():
    reactor = pw.simulate.Reactor(modes={"rich": {"feed_B_mol_min": 14}, "poor": {"feed_B_mol_min": 9}})
    assert list(reactor.modes) == ["rich", "poor"]
    assert reactor.modes["rich"] == {**REACTOR.base_case, "feed_B_mol_min": 14}
    frame = reactor.steady_states(400)
    assert set(frame["mode"]) == {"rich", "poor"}
    rich = frame["mode"] == "rich"
    assert frame["true_yield_C"][rich].mean() > frame["true_yield_C"][~rich].mean() + 0.2


def test_a_profile_is_the_way_from_inlet_to_outlet():
    profile = REACTOR.profile({"pressure_atm": 5.5}, n_points=401)
    out = REACTOR.solve({**REACTOR.base_case, "pressure_atm": 5.5})
    assert profile["volume_dm3"][[0, -1]].tolist() == [0, 20]
    assert profile["gas_K"][0] == 300 and profile["gas_K"][-1] == out["outlet_K"][0]
    assert profile["gas_K"].max() == pytest.approx(out["T_max_K"][0], abs=0.05)
    assert np.argmax(profile["gas_K"]) * 0.05 == pytest.approx(out["hot_spot_dm3"][0], abs=0.05)


def test_an_episode_tells_its_cause_its_start_and_its_runaway():
    frame, causes = REACTOR.episodes(6, hours=10, seed=9), REACTOR.causes(6, hours=10, seed=9)
    assert frame.shape[0] == 6 * 600
    for episode in range(6):
        of = frame["episode"] == episode
        cause, time = frame["cause"][of], frame["time"][of]
        if causes["cause"][episode] == "none":
            assert set(cause) == {"none"} and np.isnat(causes["start"][episode])
            continue
        assert time[np.argmax(cause != "none")] == causes["start"][episode]
        running_away = frame["true_T_max_K"][of] > 750
        assert np.array_equal(running_away, frame["runaway"][of] == 1)
        first = causes["runaway"][episode]
        assert np.isnat(first) != running_away.any()
        if running_away.any():
            assert time[np.argmax(running_away)] == first
            assert first > causes["start"][episode]
            assert frame["minutes_to_runaway"][of][0] == np.argmax(running_away)


def test_what_an_episode_shows_now_is_an_input_and_what_comes_is_not():
    inputs = REACTOR.episodes(1, hours=1).schema.input_names
    assert {"T_max_K", "outlet_K", "coolant_outlet_K", "cooler_valve", "pressure_atm"} <= set(inputs)
    assert not {"yield_C", "cause", "runaway", "minutes_to_runaway"} & set(inputs)
    assert not any(name.startswith("true_") for name in inputs)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pw.simulate.Reactor(volume_dm3=-1), r"Reactor: volume_dm3 must be in \(0, 1000\], got -1"),
        (lambda: pw.simulate.Reactor(tolerance=float("nan")), "Reactor: tolerance must be in"),
        (lambda: pw.simulate.Reactor(modes={}), "Reactor: modes must be at least one"),
        (lambda: pw.simulate.Reactor(modes={"a": {"pressure": 5}}), "Reactor: there is no condition 'pressure'"),
        (
            lambda: pw.simulate.Reactor(modes={"a": {"pressure_atm": 0}}),
            "mode 'a': pressure_atm must be in",
        ),
        (lambda: pw.simulate.Reactor(n_jobs=0), "n_jobs"),
        (lambda: REACTOR.steady_states(0), r"Reactor.steady_states: n must be in \[1, 10000000\], got 0"),
        (lambda: REACTOR.steady_states(10, start="1.1.2023"), "Reactor.steady_states: start must be a date"),
        (lambda: REACTOR.upsets(10, noise=-1), "noise must be in"),
        (lambda: REACTOR.episodes(2, hours=0), "Reactor.episodes: hours must be in"),
        (lambda: REACTOR.causes(10_000, hours=1_000), r"Reactor.episodes: n \* hours must be in"),
        (lambda: REACTOR.profile({"inlet_K": 20}), r"Reactor.profile: inlet_K must be in \[200, 1500\], got 20"),
        (lambda: REACTOR.profile(n_points=1), "Reactor.profile: n_points must be in"),
        (
            lambda: REACTOR.solve({**REACTOR.base_case, "inlet_K": [300, np.nan]}),
            r"Reactor.solve: row 1: inlet_K must be in \[200, 1500\], got nan",
        ),
        (lambda: REACTOR.solve({**REACTOR.base_case, "inlet_K": [300, 310], "pressure_atm": [4, 5, 6]}), "one length"),
        (lambda: REACTOR.solve(pw.Frame({"pressure_atm": ["high"]})), "feed_A_mol_min"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call, message):
    with pytest.raises((pw.InvalidArgument, pw.SchemaMismatch), match=message):
        call()
