# SPDX-License-Identifier: MIT
"""NumPy arrays go in without a copy, whatever their strides, and our buffers come out as arrays that own them."""

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantwright._core import _testing

DTYPES = ["float64", "float32", "int32", "int64", "uint32"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_vector_is_seen_in_place_and_a_result_owns_its_memory(dtype: str) -> None:
    values = np.arange(7, dtype=dtype)
    assert _testing.vector_address(values) == values.ctypes.data
    copy = _testing.copy_vector(values)
    assert copy.dtype == values.dtype
    assert copy.flags.writeable
    assert copy.ctypes.data % 64 == 0
    np.testing.assert_array_equal(copy, values)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_matrix_is_seen_in_place_in_either_order(dtype: str) -> None:
    rows = np.arange(12, dtype=dtype).reshape(3, 4)
    for matrix in (rows, np.asfortranarray(rows), rows.T, rows[::-1, ::2], rows[1:, 1:]):
        assert _testing.matrix_address(matrix) == matrix.ctypes.data
        np.testing.assert_array_equal(_testing.copy_matrix(matrix), matrix)


def test_a_result_outlives_everything_but_itself() -> None:
    part = _testing.copy_vector(np.arange(1000.0))[10:20]
    gc.collect()
    np.testing.assert_array_equal(part, np.arange(10.0, 20.0))


@given(st.lists(st.floats(width=64), max_size=30), st.integers(-4, 4).filter(bool))
def test_any_step_gives_the_same_values(values: list[float], step: int) -> None:
    view = np.array(values, dtype=np.float64)[::step]
    np.testing.assert_array_equal(_testing.copy_vector(view), view)


def test_read_only_broadcast_and_empty_arrays_are_fine() -> None:
    locked = np.arange(4.0)
    locked.flags.writeable = False
    np.testing.assert_array_equal(_testing.copy_vector(locked), locked)
    repeated = np.broadcast_to(np.array([2.5]), (4, 3))
    np.testing.assert_array_equal(_testing.copy_matrix(repeated), repeated)
    for shape in ((0, 3), (3, 0), (0, 0)):
        assert _testing.copy_matrix(np.empty(shape)).shape == shape
    assert _testing.copy_vector(np.empty(0)).shape == (0,)


def unaligned() -> np.ndarray:
    """Doubles that start one byte too late."""
    return np.zeros(25, np.uint8)[1:].view(np.float64)


def odd_strides() -> np.ndarray:
    """Doubles 12 bytes apart."""
    return np.zeros(3, dtype=[("value", "<f8"), ("rest", "<i4")])["value"]


WRONG = [
    np.zeros(3, np.float16),
    np.zeros(3, ">f8"),
    np.zeros(3, bool),
    np.zeros(3, object),
    np.zeros((2, 2)),
    np.float64(1),
    [1.0, 2.0],
    None,
    "text",
    unaligned(),
    odd_strides(),
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_anything_else_is_a_type_error_and_never_a_silent_copy(wrong: object) -> None:
    with pytest.raises(TypeError):
        _testing.copy_vector(wrong)


def test_the_named_conversion_says_which_parameter_and_what_was_wrong() -> None:
    assert _testing.named_matrix(np.zeros((2, 3))) == 2
    with pytest.raises(TypeError, match=r"X must be an aligned float64 array of 2 dimension.* got float32 of 1"):
        _testing.named_matrix(np.zeros(3, np.float32))
