"""The Python side of bench/algebra: the same work by numpy and scipy, best time per case in ms.

    python bench/algebra/peer.py '{"seconds": 1.0, "sizes": [20, 100, 500]}'

inverse, slogdet and expm of a d×d float64 matrix with the gradient of a weighted sum; endogenous
variables of a linear SCM in float32 (batch 512, d 64, k 16) with both gradients.
"""

import json
import sys
import time

import numpy as np
import scipy
from scipy import linalg

options = json.loads(sys.argv[1])
rng = np.random.default_rng(1)


def best(work):
    work()
    times = []
    end = time.perf_counter() + options["seconds"]
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return {"best": min(times) * 1e3, "median": float(np.median(times)) * 1e3}


def inverse(a, g):
    y = np.linalg.inv(a)
    return y, -y.T @ g @ y.T


def slogdet(a, g):
    return np.linalg.slogdet(a), np.linalg.inv(a).T


def expm(a, g):
    return linalg.expm(a), linalg.expm_frechet(a.T, g, compute_expm=False)


results = {}
for d in options["sizes"]:
    a = rng.standard_normal((d, d)) / np.sqrt(d) + 2 * np.eye(d)
    g = rng.standard_normal((d, d))
    for work in (inverse, slogdet, expm):
        results[f"{work.__name__} d={d}"] = best(lambda: work(a, g))

batch, d, k = 512, 64, 16
a = np.triu(rng.standard_normal((d, d)) / 8, 1).astype(np.float32)
noise = rng.standard_normal((batch, d, k)).astype(np.float32)
upstream = rng.standard_normal((batch, d, k)).astype(np.float32)


def endogenous():
    m = np.linalg.inv(np.eye(d, dtype=np.float32) - a)  # z = mᵀ ε, on the concept axis
    z = m.T @ noise
    d_noise = m @ upstream
    d_a = np.tensordot(z, d_noise, axes=([0, 2], [0, 2]))
    return z, d_noise, d_a


results["endogenous"] = best(endogenous)
print(json.dumps({"numpy": np.__version__, "scipy": scipy.__version__, "results": results}))
