# SPDX-License-Identifier: MIT
"""Forked children of a process that ran threads: they never hang, and run one thread unless allowed more."""

import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

PREAMBLE = """
import os, signal, sys, time
import numpy as np
import plantwright as pw
from plantwright._core import _testing, resolve_n_jobs

def in_child(work):
    child = os.fork()
    if child == 0:
        os._exit(work())
    for _ in range(2000):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "hung"
"""


def test_a_child_of_a_parent_that_ran_threads_runs_one(run_python: Run) -> None:
    code = (
        PREAMBLE
        + """
assert _testing.threads_used(4) > 1
assert in_child(lambda: _testing.threads_used(4)) == 1
assert in_child(lambda: resolve_n_jobs(-1)) == 1
assert in_child(lambda: int(_testing.parallel_sum(np.ones(50), 4))) == 50
assert _testing.threads_used(4) > 1
"""
    )
    run_python(code)


def test_a_child_that_allows_threads_gets_them(run_python: Run) -> None:
    code = (
        PREAMBLE
        + """
def child():
    pw.allow_threads_after_fork()
    return _testing.threads_used(4)

assert _testing.threads_used(4) > 1
assert in_child(child) > 1
assert in_child(lambda: _testing.threads_used(4)) == 1
"""
    )
    run_python(code)


def test_a_child_of_a_parent_that_never_ran_threads_may_run_them(run_python: Run) -> None:
    run_python(PREAMBLE + "assert in_child(lambda: _testing.threads_used(4)) > 1")


def test_a_pool_of_forked_workers_finishes(run_python: Run) -> None:
    code = (
        PREAMBLE
        + """
import multiprocessing

def work(n):
    return _testing.parallel_sum(np.ones(n), 4)

assert _testing.threads_used(2) > 1
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map_async(work, range(20)).get(timeout=60) == list(range(20))
"""
    )
    run_python(code)


APP = """
import numpy as np
from flask import Flask
from plantwright._core import _testing

THREADS_AT_START = _testing.threads_used(4)  # before gunicorn forks its workers
app = Flask(__name__)

@app.get("/")
def index():
    total = int(_testing.parallel_sum(np.ones(100), 4))
    return f"{THREADS_AT_START} {_testing.threads_used(4)} {total}"
"""


def test_a_preloaded_gunicorn_app_answers(tmp_path) -> None:
    pytest.importorskip("flask", reason="flask is not installed")
    pytest.importorskip("gunicorn", reason="gunicorn is not installed")
    (tmp_path / "preloaded_app.py").write_text(APP)
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "2", "--bind", "127.0.0.1:0"]
    with subprocess.Popen(
        [*command, "--chdir", str(tmp_path), "preloaded_app:app"], stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            address = address_of(server)
            for _ in range(4):
                with urllib.request.urlopen(address, timeout=20) as answer:
                    at_start, in_worker, total = map(int, answer.read().split())
                assert at_start > 1
                assert in_worker == 1
                assert total == 100
        finally:
            server.terminate()
            server.communicate(timeout=60)


def address_of(server: subprocess.Popen[str]) -> str:
    """Read gunicorn's log until it names the port that the system chose."""
    assert server.stderr is not None
    seen = []
    for line in server.stderr:
        seen.append(line)
        if found := re.search(r"Listening at: (http://127\.0\.0\.1:\d+)", line):
            return found[1]
    pytest.fail("gunicorn did not start:\n" + "".join(seen))
