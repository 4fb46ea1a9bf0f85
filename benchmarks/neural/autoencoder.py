# SPDX-License-Identifier: MIT
"""LSTM autoencoders beside PyTorch, Keras and ONNX Runtime: training, scoring, one streamed row, on one thread.

    python benchmarks/neural/autoencoder.py [--cases 16x60 8x60 ...] [--quick] [--json FILE] [--markdown FILE]

All have encoder LSTMs of 64 and 32 units, a code of 32, decoder LSTMs of 32 and 64, dropout of 0.2 between layers while
they train, Adam and mean squares, on float32 windows of random numbers, as nothing here depends on values. Before a
time counts, PyTorch and ONNX Runtime must reconstruct as ours does from the same weights. Each library runs in a
process of its own, in turn, round after round; a figure is the median over rounds of the processor's time.

PyTorch takes part as it comes and with malloc tuned to keep its large buffers, without which it gives them back to the
kernel at each step. Keras (on PyTorch) and ONNX Runtime take part where they are installed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

DROPOUT = 0.2
TUNED = {
    "MALLOC_MMAP_THRESHOLD_": "4294967296",
    "MALLOC_TRIM_THRESHOLD_": "8589934592",
    "MALLOC_TOP_PAD_": "268435456",
}
LIBRARIES = {  # process, environment
    "plantwright": ("plantwright", {}),
    "PyTorch": ("torch", {}),
    "PyTorch, malloc tuned": ("torch", TUNED),
    "Keras": ("keras", {"KERAS_BACKEND": "torch"}),
    "ONNX Runtime": ("onnxruntime", {}),
}
CASES = ["16x60", "8x60", "52x60", "16x30", "16x120"]
TASKS = ["training, batch 32", "training, batch 128", "scores, separate windows", "scores, stride 1", "one row"]


def windows_of(sensors: int, window: int, n: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, window, sensors)).astype(np.float32)


def per_item(work: Callable[[], Any], items: int, seconds: float) -> float:
    """Processor time of one of the items, of as many calls as fit `seconds`, but the first."""
    work()
    times, start = [], time.process_time()
    while not times or time.process_time() - start < seconds:
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return statistics.median(times) / items


# ---- the libraries, each in a process of its own


def times_of_plantwright(sensors: int, window: int, seconds: float) -> dict[str, float]:
    import plantwright as pw

    found = {}
    for batch in (32, 128):
        X, stamps = windows_of(sensors, window, 640), []

        def on_epoch(_: Any, stamps: list[float] = stamps) -> bool:
            stamps.append(time.process_time())
            return stamps[-1] - stamps[0] < seconds

        pw.LSTMAutoencoder(
            window=window, batch_size=batch, dropout=DROPOUT, max_epochs=1000, validation_fraction=0,
            patience=1000, pca_twin=False, on_epoch=on_epoch, random_state=0,
        ).fit(X)  # fmt: skip
        found[f"training, batch {batch}"] = statistics.median(np.diff(stamps)) / len(X)
    model = pw.LSTMAutoencoder(window=window, max_epochs=1, validation_fraction=0, pca_twin=False).fit(X)
    found["scores, separate windows"] = per_item(lambda: model.score_samples(X), len(X), seconds)
    rows = np.random.default_rng(1).normal(size=(4000, sensors)).astype(np.float32)
    found["scores, stride 1"] = per_item(lambda: model.score_samples(rows), len(rows) - window + 1, seconds)
    stream = model.stream()
    for row in rows[:window]:
        stream.update(row)
    found["one row"] = per_item(lambda: [stream.update(row) for row in rows[:100]], 100, seconds)
    return found


def times_of_torch(sensors: int, window: int, seconds: float) -> dict[str, float]:
    import torch

    torch.set_num_threads(1)
    found = {}
    net = network(sensors)
    optimizer, loss_of = torch.optim.Adam(net.parameters()), torch.nn.MSELoss()
    for batch in (32, 128):
        x = torch.from_numpy(windows_of(sensors, window, batch))

        def step(x: Any = x) -> None:
            optimizer.zero_grad()
            loss_of(net(x), x).backward()
            optimizer.step()

        found[f"training, batch {batch}"] = per_item(step, batch, seconds)
    net.eval()
    with torch.inference_mode():
        x = torch.from_numpy(windows_of(sensors, window, 512))
        found["scores, separate windows"] = per_item(lambda: net(x), 512, seconds)
        one = x[:1]
        found["one row"] = per_item(lambda: net(one), 1, seconds)
    return found | {"scores, stride 1": found["scores, separate windows"]}  # nothing is shared


def network(sensors: int) -> Any:
    """The same network as plantwright's, in PyTorch."""
    from torch import nn

    class Autoencoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = nn.ModuleList([nn.LSTM(sensors, 64, batch_first=True), nn.LSTM(64, 32, batch_first=True)])
            self.bottleneck = nn.Linear(32, 32)
            self.decoder = nn.ModuleList([nn.LSTM(32, 32, batch_first=True), nn.LSTM(32, 64, batch_first=True)])
            self.output, self.dropout = nn.Linear(64, sensors), nn.Dropout(DROPOUT)

        def forward(self, x: Any) -> Any:
            h = self.dropout(self.encoder[0](x)[0])
            code = self.bottleneck(self.encoder[1](h)[1][0][-1])
            h = code[:, None, :].expand(-1, x.shape[1], -1).contiguous()
            for layer in self.decoder:
                h = self.dropout(layer(h)[0])
            return self.output(h)

    return Autoencoder()


def times_of_keras(sensors: int, window: int, seconds: float) -> dict[str, float]:
    import keras
    import torch
    from keras import layers

    torch.set_num_threads(1)
    net = keras.Sequential([
        keras.Input((window, sensors)),
        layers.LSTM(64, return_sequences=True), layers.Dropout(DROPOUT), layers.LSTM(32), layers.Dense(32),
        layers.RepeatVector(window), layers.LSTM(32, return_sequences=True), layers.Dropout(DROPOUT),
        layers.LSTM(64, return_sequences=True), layers.Dropout(DROPOUT), layers.TimeDistributed(layers.Dense(sensors)),
    ])  # fmt: skip
    net.compile("adam", "mse")
    found = {}
    for batch in (32, 128):
        x = windows_of(sensors, window, batch)
        found[f"training, batch {batch}"] = per_item(lambda x=x: net.train_on_batch(x, x), len(x), seconds)
    x = windows_of(sensors, window, 128)
    found["scores, separate windows"] = per_item(lambda: net.predict_on_batch(x), len(x), seconds)
    found["one row"] = per_item(lambda: net.predict_on_batch(x[:1]), 1, seconds)
    return found


def times_of_onnxruntime(sensors: int, window: int, seconds: float) -> dict[str, float]:
    import onnxruntime
    import plantwright as pw

    X = windows_of(sensors, window, 256)
    model = pw.LSTMAutoencoder(window=window, max_epochs=1, validation_fraction=0, pca_twin=False).fit(X)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.to_onnx().SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    name, output = session.get_inputs()[0].name, session.get_outputs()[0].name
    gap = np.abs(session.run([output], {name: X})[0] - model.reconstruct(X).reshape(X.shape)).max()
    if gap > 1e-4:
        raise SystemExit(f"ONNX Runtime reconstructs {gap:.1e} apart")
    return {
        "scores, separate windows": per_item(lambda: session.run([output], {name: X}), len(X), seconds),
        "one row": per_item(lambda: session.run([output], {name: X[:1]}), 1, seconds),
    }


WORKERS: dict[str, Callable[[int, int, float], dict[str, float]]] = {
    "plantwright": times_of_plantwright,
    "torch": times_of_torch,
    "keras": times_of_keras,
    "onnxruntime": times_of_onnxruntime,
}


# ---- side by side


def check_torch(sensors: int, window: int) -> float:
    """The largest distance of PyTorch's reconstruction from ours, of the same weights."""
    import plantwright as pw
    import torch

    X = windows_of(sensors, window, 64)
    model = pw.LSTMAutoencoder(window=window, max_epochs=1, validation_fraction=0, standardize=False).fit(X)
    net = model.to_torch().eval()
    with torch.inference_mode():
        theirs = net(torch.from_numpy(X)).numpy()
    gap = float(np.abs(theirs - model.reconstruct(X).reshape(X.shape)).max())
    if gap > 1e-5:
        raise SystemExit(f"PyTorch reconstructs {gap:.1e} apart from the same weights")
    return gap


def run(library: str, case: str, seconds: float) -> dict[str, float] | None:
    """One round of a library in a process of its own; None where it is not installed."""
    worker, environment = LIBRARIES[library]
    command = [sys.executable, __file__, "--worker", worker, "--cases", case, "--seconds", str(seconds)]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        missing = "ModuleNotFoundError" in done.stderr
        print(f"{library}: {'not installed' if missing else done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def measure(cases: list[str], rounds: int, seconds: float) -> list[dict[str, Any]]:
    found = []
    for case in cases:
        sensors, window = (int(n) for n in case.split("x"))
        gap = check_torch(sensors, window)
        print(f"{case}: PyTorch reconstructs {gap:.1e} apart")
        times: dict[str, list[dict[str, float]]] = {name: [] for name in LIBRARIES}
        for _ in range(rounds):
            for library in list(times):
                one = run(library, case, seconds)
                if one is None:
                    del times[library]
                else:
                    times[library].append(one)
        for task in TASKS:
            of_task = {
                name: statistics.median(one[task] for one in those) for name, those in times.items() if task in those[0]
            }
            found += [
                {"case": case, "task": task, "library": name, "seconds": s, "times_ours": s / of_task["plantwright"]}
                for name, s in of_task.items()
            ]
            print_task(case, task, of_task)
    return found


def print_task(case: str, task: str, of_task: dict[str, float]) -> None:
    print(f"  {case:8s}{task:28s}", end="")
    for name, s in of_task.items():
        print(f"{name} {1 / s:,.0f}/s ({s / of_task['plantwright']:.1f}x)", end="   ")
    print(flush=True)


def markdown(found: list[dict[str, Any]]) -> str:
    lines = [
        "| sensors x window | task | library | windows or rows a second | times our time |",
        "| --- | --- | --- | ---: | ---: |",
    ]
    for one in found:
        ratio = "" if one["library"] == "plantwright" else f"{one['times_ours']:.1f}"
        lines.append(f"| {one['case']} | {one['task']} | {one['library']} | {1 / one['seconds']:,.0f} | {ratio} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", default=CASES, help="sensors x window")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each task and round")
    parser.add_argument("--quick", action="store_true", help="one case, one short round")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--worker", choices=WORKERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        sensors, window = (int(n) for n in options.cases[0].split("x"))
        print(json.dumps(WORKERS[options.worker](sensors, window, options.seconds)))
        return
    if options.quick:
        options.cases, options.rounds, options.seconds = options.cases[:1], 1, 0.2
    found = measure(options.cases, options.rounds, options.seconds)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(markdown(found), encoding="utf-8")


if __name__ == "__main__":
    main()
