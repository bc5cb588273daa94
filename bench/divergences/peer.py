"""Times geomloss, POT, torch and numpy on the samples of main.ts: peer.py FOLDER SIZES THREADS.

Prints {"versions": …, "results": {case: {peer: {"seconds", "value"}}}}.
"""

import json
import sys
import time
import warnings

import geomloss
import numpy as np
import ot
import torch

warnings.simplefilter("ignore")
folder, sizes = sys.argv[1], json.loads(sys.argv[2])
torch.set_num_threads(int(sys.argv[3]))


def samples(problem):
    n, p = sizes[problem]
    read = lambda z: np.fromfile(f"{folder}/{problem}-{z}.f32", np.float32).reshape(n, p)
    return read("x"), read("y")


def best(run, times=3):
    if times > 1:
        run()
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        value = run()
        seconds.append(time.perf_counter() - began)
    return {"seconds": min(seconds), "value": float(value)}


# Kernels, σ = 8. Plain definitions work for arrays of numpy and tensors of torch alike.
def squared(a, b):
    return ((a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T).clip(0)


def gram(a, b):
    k = squared(a, b) * (-1 / 128)
    return np.exp(k, out=k) if isinstance(k, np.ndarray) else k.exp()


def mmd(x, y):
    return gram(x, x).mean() + gram(y, y).mean() - 2 * gram(x, y).mean()


def hsic(x, y):
    def centred(k):
        rows = k.mean(1)
        return k - rows[:, None] - rows[None] + rows.mean()

    return (centred(gram(x, x)) * centred(gram(y, y))).mean()


def with_gradient(loss, x, y):
    def run():
        a, b = x.clone().requires_grad_(), y.clone().requires_grad_()
        value = loss(a, b)
        value.backward()
        return value.item()

    return run


results = {}
x, y = samples("kernels")
tx, ty = torch.from_numpy(x), torch.from_numpy(y)
gaussian = geomloss.SamplesLoss("gaussian", blur=8.0, backend="tensorized")
twice = lambda a, b: 2 * gaussian(a, b)
with torch.no_grad():
    results["mmd"] = {
        "geomloss": best(lambda: twice(tx, ty)),
        "torch definition": best(lambda: mmd(tx, ty)),
        "numpy definition": best(lambda: mmd(x, y)),
    }
    results["hsic"] = {
        "torch definition": best(lambda: hsic(tx, ty)),
        "numpy definition": best(lambda: hsic(x, y)),
    }
results["mmd+gradient"] = {
    "geomloss": best(with_gradient(twice, tx, ty)),
    "torch definition": best(with_gradient(mmd, tx, ty)),
}
results["hsic+gradient"] = {"torch definition": best(with_gradient(hsic, tx, ty))}

# ε = .05 for the cost ‖x−y‖² is a blur of √.025 for geomloss's ‖x−y‖²/2.
x, y = samples("transport")
tx, ty = torch.from_numpy(x), torch.from_numpy(y)


def geomloss_sinkhorn(scaling):
    loss = geomloss.SamplesLoss("sinkhorn", p=2, blur=0.025**0.5, scaling=scaling, backend="tensorized")
    with torch.no_grad():
        return best(lambda: 2 * loss(tx, ty), 2)


def pot_sinkhorn(iterations):
    def value(a, b):
        cost = ot.dist(a, b)
        return ot.solve(cost, reg=0.05, reg_type="KL", tol=1e-3, max_iter=iterations).value

    return best(lambda: value(x, y) - (value(x, x) + value(y, y)) / 2, 1)


results["sinkhorn"] = {
    "geomloss, scaling .9": geomloss_sinkhorn(0.9),
    "POT, tol 1e-3": pot_sinkhorn(1000),
}
results["sinkhorn, coarse"] = {
    "geomloss, scaling .5": geomloss_sinkhorn(0.5),
    "geomloss, scaling .8": geomloss_sinkhorn(0.8),
}

x, y = samples("sliced")
results["sliced"] = {
    "POT": best(lambda: ot.sliced_wasserstein_distance(x, y, n_projections=256, seed=0), 1),
}
versions = {m.__name__: m.__version__ for m in (np, torch, geomloss, ot)}
print(json.dumps({"versions": versions, "results": results}))
