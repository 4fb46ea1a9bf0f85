# SPDX-License-Identifier: MIT
"""Peak memory of a transform beside the size of what comes out, 1 M x 20.

    python benchmarks/preprocessing/memory.py [--rows N] [--json FILE]

Each step runs in a process of its own on a Frame that is there before; the figure is how much its peak memory grew
while `transform` ran, in units of the columns written. A small transform runs first, so that code and pools are there.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path

STEPS = {
    "StandardScaler": "pw.StandardScaler()",
    "RobustScaler": "pw.RobustScaler()",
    "QuantileTransformer": "pw.QuantileTransformer()",
    "SimpleImputer": "pw.SimpleImputer('median')",
    "Clipper": "pw.Clipper()",
    "Lags": "pw.Lags(lags=[1, 10])",
    "Differences": "pw.Differences(lags=[1])",
    "ExponentialAverage": "pw.ExponentialAverage(halflife=[20])",
    "RollingFeatures mean, std, min": "pw.RollingFeatures(windows=[10, 60], statistics=['mean', 'std', 'min'])",
    "RollingFeatures median, q10, q90": "pw.RollingFeatures(windows=[60], statistics=['median', 'q10', 'q90'])",
}


def peak_bytes() -> int:
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(step: str, rows: int) -> dict[str, float]:
    """In this process."""
    import numpy as np
    import plantwright as pw

    random = np.random.default_rng(0)
    frame = pw.Frame({f"x{j}": random.normal(size=rows) for j in range(20)})
    fitted = eval(step, {"pw": pw}).fit(frame[:1000])  # the texts above
    fitted.transform(frame[:1000])
    written = sum(len(own["writes"]) for own in json.loads(fitted._model.describe())["steps"])
    before = peak_bytes()
    fitted.transform(frame)
    return {"output_MB": 8e-6 * rows * written, "peak_MB": 1e-6 * (peak_bytes() - before)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(measure(options.step, options.rows)))
        return
    found = {}
    for name, step in STEPS.items():
        command = [sys.executable, __file__, "--rows", str(options.rows), "--step", step]
        found[name] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        ratio = found[name]["peak_MB"] / found[name]["output_MB"]
        print(f"{name:38s} output {found[name]['output_MB']:8.0f} MB   peak {ratio:5.2f} x the output", flush=True)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
