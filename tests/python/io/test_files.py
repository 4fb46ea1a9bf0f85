# SPDX-License-Identifier: MIT
"""save, load, read_header and the mixin, on the golden file; estimators are tested in their own areas."""

import copy
import errno
import io
import json
import os
import pickle
import shutil
from pathlib import Path

import joblib
import numpy as np
import plantwright as pw
import pytest
from plantwright import _core
from plantwright.io import PlwSerializable, read_header, register
from sklearn.base import BaseEstimator, clone


class Compiled:
    """Stands for a bound C++ class: its bytes are checked when it is made from them."""

    def __init__(self, data: bytes) -> None:
        """Keep the bytes of the whole file."""
        self.data = data

    def to_bytes(self) -> bytes:
        """Return the file's bytes."""
        return self.data

    @staticmethod
    def from_bytes(data: bytes) -> "Compiled":
        """Check the container, as a bound class would."""
        _core.with_header_members(data, "{}")
        return Compiled(data)

    def __reduce__(self) -> str:
        """Refuse, so that a test fails where the mixin does not step in."""
        raise TypeError("must not be pickled by itself")


class Sample(PlwSerializable, BaseEstimator):
    """An estimator as the mixin's docstring asks for it."""

    _plw_type = "SampleModel"
    _plw_model_class = Compiled

    def __init__(self, power: float = 1.0) -> None:
        """Keep the parameter, as scikit-learn wants it."""
        self.power = power

    @classmethod
    def _from_plw_model(cls, model: Compiled) -> "Sample":
        estimator = cls()
        estimator._model = model
        estimator.loaded_ = True
        return estimator


class UsersSample(Sample):
    """A user's subclass whose constructor needs an argument."""

    def __init__(self, needed: str, power: float = 1.0) -> None:
        """Keep both parameters."""
        super().__init__(power)
        self.needed = needed


@pytest.fixture
def golden(repository: Path) -> Path:
    """A file that holds a SampleModel."""
    return repository / "tests" / "golden" / "io_sample.plw"


@pytest.fixture
def fitted(golden: Path) -> Sample:
    """As after fit, with an attribute that the user has set."""
    estimator = Sample(power=2.5)
    estimator._model = Compiled(golden.read_bytes())
    estimator.users_note = {"line": 3}
    return estimator


def pickled(obj: Sample) -> Sample:
    """Through pickle, the oldest protocol that Python 3 writes by default included."""
    assert isinstance(pickle.loads(pickle.dumps(obj, protocol=2)), type(obj))
    return pickle.loads(pickle.dumps(obj))


def joblibbed(obj: Sample) -> Sample:
    """Through joblib, compressed."""
    stream = io.BytesIO()
    joblib.dump(obj, stream, compress=3)
    stream.seek(0)
    return joblib.load(stream)


def cloudpickled(obj: Sample) -> Sample:
    """Through cloudpickle."""
    cloudpickle = pytest.importorskip("cloudpickle")
    return pickle.loads(cloudpickle.dumps(obj))


def test_save_writes_the_models_bytes_and_load_finds_the_class(fitted: Sample, golden: Path, tmp_path: Path) -> None:
    path = tmp_path / "sample.plw"
    pw.save(fitted, path)
    assert path.read_bytes() == golden.read_bytes()
    loaded = pw.load(str(path))
    assert type(loaded) is Sample
    assert loaded.loaded_
    assert loaded._model.data == golden.read_bytes()


def test_extra_members_join_the_header_and_leave_the_model_as_it_is(fitted: Sample, tmp_path: Path) -> None:
    path = tmp_path / "sample.plw"
    pw.save(fitted, path, extra={"metrics": {"r2": np.float64(0.5), "n": np.int32(3)}, "rows": np.arange(2)})
    header = read_header(path)
    assert header["type"] == "SampleModel"
    assert header["metrics"] == {"r2": 0.5, "n": 3}
    assert header["rows"] == [0, 1]
    assert pw.load(path).loaded_


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"type": "Other"}, "'type' of extra is already in the header"),
        ({"x": float("nan")}, "extra must be plain data"),
        ({"x": object()}, "object has no form in JSON"),
        ({"x": "y" * (1 << 20)}, "at most 1 MiB"),
    ],
)
def test_extra_members_that_do_not_fit_are_refused_and_nothing_is_written(
    fitted: Sample, tmp_path: Path, extra: dict, message: str
) -> None:
    path = tmp_path / "sample.plw"
    with pytest.raises(pw.InvalidArgument, match=message):
        pw.save(fitted, path, extra=extra)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("through", [pickled, joblibbed, cloudpickled, copy.deepcopy, copy.copy])
def test_a_fitted_estimator_survives_with_parameters_and_users_attributes(
    through, fitted: Sample, golden: Path
) -> None:
    same = through(fitted)
    assert same.power == 2.5
    assert same.users_note == {"line": 3}
    assert same._model.data == golden.read_bytes()
    assert fitted._model.data == golden.read_bytes()


def test_a_pickle_carries_exactly_the_bytes_of_the_file(fitted: Sample, golden: Path) -> None:
    assert golden.read_bytes() in pickle.dumps(fitted)


def test_an_estimator_that_is_not_fitted_pickles_but_is_not_saved(tmp_path: Path) -> None:
    assert pickled(Sample(power=3.0)).power == 3.0
    with pytest.raises(pw.NotFitted, match="Sample: call fit before saving"):
        pw.save(Sample(), tmp_path / "sample.plw")
    assert os.listdir(tmp_path) == []


def test_a_users_subclass_pickles_as_itself(fitted: Sample) -> None:
    mine = UsersSample("yes")
    mine._model = fitted._model
    same = pickled(mine)
    assert type(same) is UsersSample
    assert same.needed == "yes"
    assert same._model.data == fitted._model.data


def test_clone_gives_an_unfitted_estimator_with_the_same_parameters(fitted: Sample) -> None:
    copied = clone(fitted)
    assert copied.power == 2.5
    assert not hasattr(copied, "_model")


def test_damaged_bytes_in_a_pickle_are_found(fitted: Sample) -> None:
    data = bytearray(fitted._model.data)
    data[100] ^= 1
    fitted._model.data = bytes(data)
    with pytest.raises(pw.CorruptModel):
        pickle.loads(pickle.dumps(fitted))


def test_damaged_bytes_are_found_by_load(golden: Path, tmp_path: Path) -> None:
    data = golden.read_bytes()
    path = tmp_path / "damaged.plw"
    for i in range(0, len(data), 7):
        path.write_bytes(data[:i] + bytes([data[i] ^ 0x20]) + data[i + 1 :])
        with pytest.raises((pw.CorruptModel, pw.UnsupportedVersion)):
            pw.load(path)


@pytest.mark.parametrize("content", [b"", b"not a model", b"\x89PLW\r\n\x1a\n" + bytes(100)])
def test_a_file_that_is_no_model_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "no.plw"
    path.write_bytes(content)
    for read in (pw.load, read_header):
        with pytest.raises(pw.CorruptModel):
            read(path)


def test_missing_files_folders_and_permissions_raise_the_built_in_errors_too(tmp_path: Path, fitted: Sample) -> None:
    with pytest.raises(FileNotFoundError, match=r"absent\.plw") as caught:
        pw.load(tmp_path / "absent.plw")
    assert isinstance(caught.value, pw.IoError)
    assert caught.value.errno == errno.ENOENT
    with pytest.raises(IsADirectoryError):
        pw.load(tmp_path)
    with pytest.raises(IsADirectoryError):
        pw.save(fitted, tmp_path)
    with pytest.raises(FileNotFoundError):
        pw.save(fitted, tmp_path / "no" / "folder.plw")
    with pytest.raises(FileNotFoundError):
        read_header(tmp_path / "absent.plw")


def test_a_type_that_nobody_registered_is_named(
    fitted: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plantwright.io import _files

    path = tmp_path / "sample.plw"
    pw.save(fitted, path)
    monkeypatch.delitem(_files._loaders, "SampleModel")
    with pytest.raises(pw.UnsupportedVersion, match="holds a SampleModel"):
        pw.load(path)
    register("SampleModel", lambda data: ("mine", len(data)))
    assert pw.load(path) == ("mine", path.stat().st_size)
    monkeypatch.setitem(_files._loaders, "SampleModel", Sample._from_plw_bytes)


def test_what_cannot_be_saved_is_named(tmp_path: Path) -> None:
    with pytest.raises(pw.InvalidArgument, match="a dict cannot be saved"):
        pw.save({}, tmp_path / "x.plw")
    with pytest.raises(pw.InvalidArgument, match="a class Sample cannot be saved"):
        pw.save(Sample, tmp_path / "x.plw")
    with pytest.raises(pw.InvalidArgument, match="must not be empty"):
        register("", bytes)


def test_read_header_reads_the_front_alone(golden: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged_end.plw"
    shutil.copy(golden, path)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert read_header(path)["note"] == "golden file of the io area"
    with pytest.raises(pw.CorruptModel):
        pw.load(path)
    assert json.dumps(read_header(path))
