"""PyTorch on the work of work.ts, on the processor: one line of JSON on stdout."""
import json
import sys
import time

import torch
import torch.nn.functional as F

task = json.loads(sys.argv[1])
torch.manual_seed(1)
torch.set_num_threads(task["threads"])


def best(run, repeats):
    """Times of `repeats` runs in ms, after one that is not counted."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return times


def autoencoder():
    sizes = task["autoencoder"]["channels"]
    side, latent = task["autoencoder"]["code"], task["autoencoder"]["latent"]
    down, up = [], []
    for i in range(1, len(sizes)):
        down += [torch.nn.Conv2d(sizes[i - 1], sizes[i], 4, 2, 1), torch.nn.ReLU()]
    for i in range(len(sizes) - 1, 0, -1):
        last = torch.nn.ReLU() if i > 1 else torch.nn.Sigmoid()
        up += [torch.nn.ConvTranspose2d(sizes[i], sizes[i - 1], 4, 2, 1), last]
    flat = sizes[-1] * side * side
    model = torch.nn.Sequential(
        *down,
        torch.nn.Flatten(),
        torch.nn.Linear(flat, latent),
        torch.nn.Linear(latent, flat),
        torch.nn.ReLU(),
        torch.nn.Unflatten(1, (sizes[-1], side, side)),
        *up,
    )
    images = torch.rand(task["autoencoder"]["batch"], sizes[0], side * 8, side * 8)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = F.mse_loss(model(images), images)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def convolution():
    c = task["convolution"]
    x = torch.randn(c["batch"], c["channels"], c["size"], c["size"])
    w = torch.randn(c["channels"], c["channels"], c["kernel"], c["kernel"]) * 0.03

    def forward():
        with torch.no_grad():
            F.conv2d(x, w, stride=c["stride"], padding=1)

    xg, wg = x.clone().requires_grad_(), w.clone().requires_grad_()

    def both():
        xg.grad = wg.grad = None
        F.conv2d(xg, wg, stride=c["stride"], padding=1).sum().backward()

    return forward, both


def products():
    n = task["matMul"]
    a, b = torch.randn(n, n), torch.randn(n, n)
    return {
        "AB": lambda: a @ b,
        "AᵀB": lambda: a.T @ b,
        "ABᵀ": lambda: a @ b.T,
        "AᵀBᵀ": lambda: a.T @ b.T,
    }


def adam():
    p = torch.randn(task["adam"], requires_grad=True)
    p.grad = torch.randn(task["adam"]) * 0.01
    return torch.optim.Adam([p], lr=1e-3).step


repeats = task["repeats"]
forward, both = convolution()
x = torch.randn(*task["elementwise"])
times = {
    "autoencoder": best(autoencoder(), repeats["autoencoder"]),
    "convForward": best(forward, repeats["convolution"]),
    "convBoth": best(both, repeats["convolution"]),
    "adam": best(adam(), repeats["adam"]),
    "normals": best(lambda: torch.randn(task["normals"]), repeats["elementwise"]),
}
for name, run in products().items():
    times[f"matMul {name}"] = best(run, repeats["matMul"])
for name in ("sin", "cos", "tanh", "exp"):
    function = getattr(torch, name)
    times[name] = best(lambda: function(x), repeats["elementwise"])
print(json.dumps({"version": torch.__version__, "times": times}))
