# SPDX-License-Identifier: MIT
"""Explanation: slices, names, tables, shap's own object."""

from typing import Any

import numpy as np
import plantwright as pw
import pytest

VALUES = np.arange(24.0).reshape(4, 3, 2)
NAMES = ["steam", "air", "feed"]


def one_output() -> pw.Explanation:
    return pw.Explanation(VALUES[..., 0], np.full(4, 10.0), VALUES[..., 1], NAMES)


def two_outputs() -> pw.Explanation:
    return pw.Explanation(VALUES, np.tile([10.0, 20.0], (4, 1)), VALUES[..., 1], NAMES, ["bad", "good"])


def test_a_row_keeps_its_features() -> None:
    row = one_output()[2]
    assert row.values.tolist() == VALUES[2, :, 0].tolist()
    assert row.base_values == 10 and row.data.tolist() == VALUES[2, :, 1].tolist() and row.feature_names == NAMES


def test_rows_are_taken_by_slice_mask_and_list() -> None:
    explanation = one_output()
    assert explanation[1:3].values.tolist() == VALUES[1:3, :, 0].tolist()
    assert explanation[np.array([True, False, False, True])].base_values.shape == (2,)
    assert explanation[[3, 0]].values[0].tolist() == VALUES[3, :, 0].tolist()


def test_features_are_taken_by_name_and_position() -> None:
    explanation = one_output()
    assert explanation[:, "air"].values.tolist() == VALUES[:, 1, 0].tolist()
    assert explanation[:, "air"].feature_names == "air"
    two = explanation[:, ["feed", "steam"]]
    assert two.feature_names == ["feed", "steam"] and two.values[0].tolist() == [4.0, 0.0]
    assert explanation[1, "air"].values == VALUES[1, 1, 0]


def test_outputs_are_taken_by_name_and_leave_one_base_value_a_row() -> None:
    good = two_outputs()[:, :, "good"]
    assert good.values.tolist() == VALUES[..., 1].tolist()
    assert good.base_values.tolist() == [20.0] * 4
    assert good[0].base_values == 20.0


def test_unknown_names_and_too_many_indices_are_refused() -> None:
    with pytest.raises(pw.InvalidArgument, match="no feature is named 'water': there are 'steam', 'air', 'feed'"):
        one_output()[:, "water"]
    with pytest.raises(pw.InvalidArgument, match="3 indices for the axes rows, features"):
        one_output()[0, 0, 0]


def test_the_table_has_a_contribution_a_feature_and_their_sum() -> None:
    frame = one_output().to_frame()
    assert frame.columns == ["base_value", *NAMES, "prediction"]
    np.testing.assert_array_equal(frame["prediction"], 10 + VALUES[..., 0].sum(axis=1))
    several = two_outputs().to_frame()
    assert several.columns[:2] == ["base_value [bad]", "steam [bad]"]
    np.testing.assert_array_equal(several["prediction [good]"], 20 + VALUES[..., 1].sum(axis=1))
    assert two_outputs()[0, :, "bad"].to_frame().shape == (1, 5)
    with pytest.raises(pw.InvalidArgument, match="features' axis"):
        one_output()[:, 0].to_frame()


def test_its_text_names_what_moves_predictions_most() -> None:
    assert repr(one_output()) == "Explanation of 4 rows, 3 features; mean |value|: feed 13, air 11, steam 9"


@pytest.mark.parametrize("make", [one_output, two_outputs])
def test_shap_takes_it_over_with_all_names(make: Any) -> None:
    shap = pytest.importorskip("shap", reason="shap is not installed", exc_type=ImportError)
    ours = make()
    theirs = ours.to_shap()
    assert isinstance(theirs, shap.Explanation)
    np.testing.assert_array_equal(theirs.values, ours.values)
    np.testing.assert_array_equal(theirs.base_values, ours.base_values)
    assert list(theirs.feature_names) == NAMES
