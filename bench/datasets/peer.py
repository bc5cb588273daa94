"""The Python side of bench/datasets: prints one line of JSON.

    python bench/datasets/peer.py normals
    python bench/datasets/peer.py read FOLDER EPOCHS WORKERS

normals: numpy's standard_normal, millions a second. read: torchvision's ImageFolder and DataLoader
over FOLDER (pictures in one folder within), centre crop 178, resize 64, batches of 64, shuffled:
images a second of each epoch.

Needs numpy; for read also torch and torchvision (any virtual environment: pip install torch torchvision).
"""

import json
import sys
import time


def normals():
    import numpy as np

    rng = np.random.default_rng(1)
    rates = {}
    for dtype in (np.float32, np.float64):
        best = 0.0
        out = np.empty(1_000_000, dtype)
        for _ in range(40):
            start = time.perf_counter()
            rng.standard_normal(out=out, dtype=dtype)
            best = max(best, out.size / (time.perf_counter() - start) / 1e6)
        rates[np.dtype(dtype).name] = best
    return {"numpy": np.__version__, "millionsPerSecond": rates}


def read(folder, epochs, workers):
    import torch
    import torchvision
    from torchvision import transforms

    steps = [transforms.CenterCrop(178), transforms.Resize(64), transforms.ToTensor()]
    data = torchvision.datasets.ImageFolder(folder, transforms.Compose(steps))
    loader = torch.utils.data.DataLoader(data, batch_size=64, shuffle=True, num_workers=workers)
    rates = []
    for _ in range(epochs):
        start = time.perf_counter()
        seen = sum(len(images) for images, _ in loader)
        rates.append(seen / (time.perf_counter() - start))
    return {
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
        "workers": workers,
        "imagesPerSecond": rates,
    }


if __name__ == "__main__":
    if sys.argv[1] == "normals":
        print(json.dumps(normals()))
    else:
        print(json.dumps(read(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
