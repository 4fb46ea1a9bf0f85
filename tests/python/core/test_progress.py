# SPDX-License-Identifier: MIT
"""Progress callbacks, bars and Ctrl-C."""

import io
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import plantwright as pw
import pytest
from plantwright._core import _testing
from plantwright.core import resolve_progress

HUNDRED = np.ones(100)


@pytest.mark.parametrize("n_jobs", [1, 4])
def test_a_callable_sees_the_work_grow_to_its_end_on_the_calling_thread(n_jobs: int) -> None:
    seen = []
    result = _testing.parallel_sum(
        HUNDRED, n_jobs, 3, lambda task, done, total: seen.append((task, done, total, threading.get_ident()))
    )
    assert result == 100
    assert {task for task, *_ in seen} == {"sum"}
    assert {total for _, _, total, _ in seen} == {100}
    assert {ident for *_, ident in seen} == {threading.get_ident()}
    done = [done for _, done, *_ in seen]
    assert done == sorted(done)
    assert done[-1] == 100
    assert len(done) >= 2


@pytest.mark.parametrize("n_jobs", [1, 4])
@pytest.mark.parametrize("answer", [False, 0, np.False_])
def test_a_false_answer_stops_with_our_error(n_jobs: int, answer: object) -> None:
    start = time.monotonic()
    with pytest.raises(pw.Stopped, match="sum: stopped by the progress callback"):
        _testing.parallel_sum(np.ones(100_000), n_jobs, 1, lambda *_: answer)
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("answer", [None, True, 1])
def test_none_or_a_true_answer_goes_on(answer: object) -> None:
    assert _testing.parallel_sum(HUNDRED, 2, 0, lambda *_: answer) == 100


@pytest.mark.parametrize("n_jobs", [1, 4])
def test_an_exception_of_the_callable_is_raised_itself(n_jobs: int) -> None:
    def fail(task: str, done: int, total: int) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        _testing.parallel_sum(np.ones(100_000), n_jobs, 1, fail)


def test_what_is_not_callable_is_refused() -> None:
    with pytest.raises(TypeError, match="progress must be None or a callable"):
        _testing.parallel_sum(HUNDRED, 1, 0, 3)


def test_other_python_threads_run_during_a_kernel() -> None:
    ticks = []
    kernel = threading.Thread(target=_testing.parallel_sum, args=(HUNDRED, 1, 3))
    kernel.start()
    while kernel.is_alive():
        ticks.append(time.monotonic())
        time.sleep(0.005)
    kernel.join()
    assert len(ticks) > 5


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("progress", ["None", "lambda *event: None"])
def test_ctrl_c_ends_a_long_kernel_within_a_second(n_jobs: int, progress: str) -> None:
    code = f"""
import sys, numpy as np
from plantwright._core import _testing
print("ready", flush=True)
try:
    _testing.parallel_sum(np.ones(1_000_000), {n_jobs}, 1, {progress})
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.3)
            sent = time.monotonic()
            process.send_signal(signal.SIGINT)
            assert process.stdout.readline() == "interrupted\n"
            assert time.monotonic() - sent < 1
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()


def test_nothing_is_shown_unless_asked_for() -> None:
    for arguments in ({}, {"verbose": 0}, {"progress": False}, {"verbose": 1, "progress": False}):
        with resolve_progress(**arguments) as callback:
            assert callback is None


def test_a_callable_is_passed_on_as_it_is() -> None:
    def callback(task: str, done: int, total: int) -> None:
        pass

    with resolve_progress(verbose=1, progress=callback) as given:
        assert given is callback


@pytest.mark.parametrize("arguments", [{"verbose": 1}, {"progress": True}])
def test_verbose_and_progress_show_a_bar(arguments: dict, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    with resolve_progress(**arguments) as callback:
        assert _testing.parallel_sum(HUNDRED, 1, 1, callback) == 100
    shown = capsys.readouterr()
    assert "100/100" in shown.err
    assert shown.out == ""


def test_without_tqdm_verbose_writes_lines_and_progress_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with resolve_progress(verbose=1) as callback:
        assert callback is not None
        for done in range(101):
            callback("fit", done, 100)
    assert stream.getvalue().splitlines() == [f"fit: {10 * tenth}/100" for tenth in range(11)]
    with pytest.raises(ImportError, match=r"plantwright\[progress\]"):
        resolve_progress(progress=True)


def test_progress_of_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="progress must be None, a bool or a callable"):
        resolve_progress(progress="bar")  # type: ignore[arg-type]
