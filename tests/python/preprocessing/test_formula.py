# SPDX-License-Identifier: MIT
"""Formulas beside NumPy and Python's own grammar."""

from __future__ import annotations

import numpy as np
import plantwright as pw
import pytest


@pytest.fixture(scope="module")
def table():
    random = np.random.default_rng(0)
    columns = {name: random.normal(0, 3, 1000) for name in "abc"}
    columns["a"][::7] = np.nan
    columns["b"][::5] = 0
    return columns


def value(table, text, **options):
    return pw.Formula({"result": text}, **options).fit_transform(pw.Frame(table))["result"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("text", "by_numpy"),
    [
        ("a + b * c - 2 / b", lambda a, b, c: a + b * c - 2 / b),
        ("-a ** 2 * (b - c)", lambda a, b, c: -(a**2) * (b - c)),
        ("sqrt(a) + log(abs(b)) * exp(-c / 4)", lambda a, b, c: np.sqrt(a) + np.log(abs(b)) * np.exp(-c / 4)),
        ("sin(a) * cos(b) + log10(c ^ 2)", lambda a, b, c: np.sin(a) * np.cos(b) + np.log10(c**2)),
        ("max(a, b, 0) - min(c, 1)", lambda a, b, c: np.maximum(np.maximum(a, b), 0) - np.minimum(c, 1)),
        ("if(b > c, a, -a)", lambda a, b, c: np.where(b > c, a, -a)),
        ("coalesce(a, b, 1)", lambda a, b, c: np.where(np.isnan(a), b, a)),
        ("isnan(a) or b == 0 and c < 1", lambda a, b, c: (np.isnan(a) | ((b == 0) & (c < 1))).astype(float)),
        ("round(c) + floor(c) * ceil(c)", lambda a, b, c: np.round(c) + np.floor(c) * np.ceil(c)),
        ("pow(abs(b), 1.5) + abs(c) ^ 0.25 ^ 2", lambda a, b, c: abs(b) ** 1.5 + abs(c) ** (0.25**2)),
    ],
)
def test_values_are_numpys(table, text, by_numpy):
    expected = by_numpy(**table)
    np.testing.assert_allclose(value(table, text), expected, rtol=1e-14)


def random_text(random, depth=0):
    """Give an expression that is valid in Python too, and whose operands all are columns or small numbers."""
    if depth == 5 or random.random() < 0.2:
        return str(random.choice(["b", "c", "2", "0.5", "3"]))
    kind = random.integers(0, 5)
    left, right = random_text(random, depth + 1), random_text(random, depth + 1)
    if kind == 0:
        return f"({left} {random.choice(['<', '>=', '=='])} {right})"
    if kind == 1:
        return f"-{left}"
    return f"{left} {random.choice(['+', '-', '*', '/'])} {right}" if kind < 4 else f"({left})"


def test_operators_bind_as_pythons():
    random = np.random.default_rng(1)
    b, c = 1.75, -0.5
    frame = pw.Frame({"b": [b], "c": [c]})
    for _ in range(300):
        text = random_text(random)
        if "b" not in text and "c" not in text:
            continue
        try:
            expected = float(eval(text, {"b": b, "c": c}))
        except ZeroDivisionError:
            continue
        found = pw.Formula({"f": text}).fit_transform(frame)["f"][0]
        assert found == expected, text  # no NaN: Python divides by no zero


def test_units_travel_and_are_checked():
    frame = pw.Frame({"energy": [6.0], "made": [3.0]}, units={"energy": "kWh", "made": "t"})
    step = pw.Formula({"per_t": "energy / made", "mwh": "energy / 1000"}, units={"mwh": "MWh"}).fit(frame)
    assert [step.transform(frame).schema[name].unit for name in ("per_t", "mwh")] == ["kWh/t", "MWh"]
    with pytest.raises(
        pw.InvalidArgument, match=r"a sum needs equal units, got 'kWh' and 't'\n  energy \+ made\n         \^"
    ):
        pw.Formula({"f": "energy + made"}).fit(frame)


def test_mistakes_show_their_place():
    frame = pw.Frame({"steam_t": [1.0], "flow": [2.0]})
    with pytest.raises(pw.ParseError, match=r"expected an operator\n  flow steam_t\n       \^"):
        pw.Formula({"f": "flow steam_t"}).fit(frame)
    with pytest.raises(pw.SchemaMismatch, match=r"there is no column 'steamt'; did you mean 'steam_t'\?"):
        pw.Formula({"f": "steamt * 2"}).fit(frame)
    with pytest.raises(pw.InvalidArgument, match="formulas must be at least one"):
        pw.Formula().fit(frame)
    with pytest.raises(pw.InvalidArgument, match="a mapping of names to texts"):
        pw.Formula({"f": 3}).fit(frame)
    for attack in ("__import__('os')", "flow.__class__", "lambda: 0", "exec('1')", "flow; 1", "[flow]"):
        with pytest.raises(ValueError, match="Formula: 'f'"):
            pw.Formula({"f": attack}).fit(frame)


def test_a_formula_survives_its_file_and_streams(table, tmp_path):
    frame = pw.Frame(table)
    step = pw.Formula({"ratio": "a / max(b, 0.1)", "c": "c * 2"}).fit(frame)
    pw.save(step, tmp_path / "formula.plw")
    loaded = pw.load(tmp_path / "formula.plw")
    assert loaded.formulas == {"ratio": "a / max(b, 0.1)", "c": "c * 2"}
    batch = step.transform(frame)
    np.testing.assert_array_equal(loaded.transform(frame)["ratio"], batch["ratio"])
    assert list(step.get_feature_names_out()) == ["a", "b", "c", "ratio"]
    stream = loaded.stream()
    for i in range(50):
        row = stream.update({name: table[name][i] for name in "abc"})
        np.testing.assert_array_equal([row["ratio"], row["c"]], [batch["ratio"][i], batch["c"][i]])
