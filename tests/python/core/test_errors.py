# SPDX-License-Identifier: MIT
"""Each C++ failure arrives as its own class, which is also the built-in one that a user would expect."""

import errno
import pickle

import plantwright as pw
import pytest
from plantwright._core import _testing
from sklearn.exceptions import NotFittedError

EXPECTED = {
    "InvalidArgument": ValueError,
    "NotFitted": NotFittedError,
    "SchemaMismatch": ValueError,
    "ParseError": ValueError,
    "CorruptModel": ValueError,
    "UnsupportedVersion": ValueError,
    "IoError": OSError,
    "Stopped": RuntimeError,
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_each_error_is_ours_and_a_built_in_one_and_keeps_its_message(kind: str) -> None:
    with pytest.raises(pw.Error) as caught:
        _testing.throw_error(kind, "who: what must be so, got ü")
    assert type(caught.value) is getattr(pw, kind)
    assert isinstance(caught.value, EXPECTED[kind])
    assert str(caught.value) == "who: what must be so, got ü"


@pytest.mark.parametrize(
    ("number", "built_in"),
    [
        (errno.ENOENT, FileNotFoundError),
        (errno.EACCES, PermissionError),
        (errno.EISDIR, IsADirectoryError),
        (errno.EEXIST, FileExistsError),
        (errno.ENOSPC, OSError),
    ],
)
def test_an_io_error_is_the_built_in_error_of_its_number(number: int, built_in: type[OSError]) -> None:
    with pytest.raises(built_in) as caught:
        _testing.throw_error("IoError", "cannot open a.plw", number, "a.plw")
    assert isinstance(caught.value, pw.IoError)
    assert (caught.value.errno, caught.value.filename) == (number, "a.plw")
    assert str(caught.value) == "cannot open a.plw"


def test_an_io_error_without_a_number_has_its_message() -> None:
    with pytest.raises(pw.IoError) as caught:
        _testing.throw_error("IoError", "pipe closed")
    assert (str(caught.value), caught.value.errno, caught.value.filename) == ("pipe closed", None, None)


@pytest.mark.parametrize("kind", EXPECTED)
def test_errors_survive_pickling_as_process_pools_need(kind: str) -> None:
    with pytest.raises(pw.Error) as caught:
        _testing.throw_error(kind, "message", errno.ENOENT, "a.plw")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is type(caught.value)
    assert str(copy) == "message"


def test_the_classes_are_all_exported() -> None:
    for kind in (*EXPECTED, "Error"):
        assert kind in pw.__all__
