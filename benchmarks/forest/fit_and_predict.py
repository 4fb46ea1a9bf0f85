# SPDX-License-Identifier: MIT
"""Fit and predict beside scikit-learn, one thread, the result checked first.

    python benchmarks/forest/fit_and_predict.py [--rows 20000] [--trees 100] [--repeats 3] [--max-features 10] [--min-leaf 1]

The table: 30 correlated sensors (eight latent factors plus noise), smooth, product and step effects in y. Times are processor
times of this process, the least of the repeats. The two are interleaved, so that both see the same machine.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from sklearn.ensemble import RandomForestRegressor as Peer

from plantwright import _core

N_FEATURES = 30
N_TEST = 5_000
LARGEST_LOSS_OF_R2 = 0.005


def process(n_rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    latent = random.standard_normal((n_rows, 8))
    x = latent @ random.standard_normal((8, N_FEATURES)) * 0.7 + random.standard_normal((n_rows, N_FEATURES))
    y = 3 * np.sin(x[:, 0]) + x[:, 1] * x[:, 2] + np.where(x[:, 3] > 0.5, 2 * x[:, 4], -x[:, 5])
    y += 0.5 * x[:, 6] ** 2 + x[:, 7] + random.standard_normal(n_rows)
    return np.ascontiguousarray(x, np.float32), y


def seconds(call) -> tuple[float, object]:
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def r2(prediction: np.ndarray, y: np.ndarray) -> float:
    return 1 - ((prediction - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()


def one_row(model, x: np.ndarray) -> float:
    """Microseconds a call with a single row, the median of many."""
    times = []
    for i in range(200):
        start = time.perf_counter()
        model.predict(x[i : i + 1])
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--max-features", type=int, default=10)
    parser.add_argument("--min-leaf", type=int, default=1)
    args = parser.parse_args()
    options = dict(n_estimators=args.trees, max_features=args.max_features, min_samples_leaf=args.min_leaf, n_jobs=1)
    x, y = process(args.rows + N_TEST)
    train, test = slice(args.rows), slice(args.rows, None)
    ours, theirs = [], []
    for seed in range(args.repeats):
        t, model = seconds(lambda: _core.RandomForestRegressor.fit(x[train], y[train], random_state=seed, **options))
        ours.append(t)
        t, peer = seconds(lambda: Peer(random_state=seed, **options).fit(x[train], y[train]))
        theirs.append(t)
    score, peer_score = r2(model.predict(x[test]), y[test]), r2(peer.predict(x[test]), y[test])
    print(f"R2: plantwright {score:.4f}, scikit-learn {peer_score:.4f}")
    if score < peer_score - LARGEST_LOSS_OF_R2:
        raise SystemExit("the accuracy is not at parity; times do not count")
    predict = min(seconds(lambda: model.predict(x[test]))[0] for _ in range(5)) / N_TEST * 1e6
    peer_predict = min(seconds(lambda: peer.predict(x[test]))[0] for _ in range(5)) / N_TEST * 1e6
    print(f"{'':24}{'plantwright':>12}{'scikit-learn':>14}{'ratio':>8}")
    rows = [
        ("fit, s", min(ours), min(theirs)),
        ("predict, us a row", predict, peer_predict),
        ("predict one row, us", one_row(model, x[test]), one_row(peer, x[test])),
    ]
    for name, a, b in rows:
        print(f"{name:24}{a:12.3f}{b:14.3f}{b / a:8.1f}")


if __name__ == "__main__":
    main()
