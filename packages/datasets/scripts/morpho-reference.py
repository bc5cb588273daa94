"""Writes fixtures/morpho-mnist.json: what scikit-image makes of MNIST's first 200 training digits.

    python morpho-reference.py <folder with train-images-idx3-ubyte>

Run with scikit-image 0.26.0, scipy 1.17.1, numpy 2.4.6. Measures and setter follow the definitions in
Castro et al. (JMLR 2019) and Pawlowski et al. (NeurIPS 2020). The medial axis draws lots between
pixels of one rank: thickness and length are given for five seeds.
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage import morphology, transform

SEEDS = range(5)
STEPS = np.array([[0, 0, 0], [0, 0, 1], [np.sqrt(2), 1, np.sqrt(2)]])


def enlarged(image, scale):
    up = transform.pyramid_expand(image, upscale=scale, order=3)
    levels = (255.0 * up).astype(np.uint8)
    low, high = float(levels.min()), float(levels.max())
    return levels, levels >= low + (high - low) * 0.5


def axis(shape, scale, seed):
    skeleton, distance = morphology.medial_axis(shape, return_distance=True, rng=seed)
    steps = ndimage.correlate(skeleton.astype(float), STEPS, mode="constant") * skeleton
    return 2 * distance[skeleton].mean() / scale, steps.sum() / scale


def measures(image):
    levels, shape = enlarged(image, 4)
    grey = levels.astype(float)
    side = len(grey)
    x, y = np.arange(side)[None, :], np.arange(side)[:, None]
    mass = grey.sum()
    mx, my = (x * grey).sum() / mass, (y * grey).sum() / mass
    shear = ((x * y * grey).sum() / mass - mx * my) / ((y * y * grey).sum() / mass - my * my)
    places = np.arange(side)
    left = [((x + 0.5 < t + shear * (y - my)) * grey).sum() / mass for t in places]
    above = [((y < t) * grey).sum() / mass for t in places]
    span = lambda cdf: float(np.subtract(*np.interp([0.99, 0.01], cdf, places))) / 4
    middle = image.min() + (float(image.max()) - image.min()) * 0.5
    drawn = [axis(shape, 4, seed) for seed in SEEDS]
    return {
        "thickness": [t for t, _ in drawn],
        "length": [l for _, l in drawn],
        "slant": float(np.arctan(-shear)),
        "width": span(left),
        "height": span(above),
        "intensity": float(np.median(image[image >= middle])),
    }


def thickness_set(image, thickness):
    _, shape = enlarged(image, 16)
    own = axis(shape, 16, 0)[0]
    radius = int(16 * abs(thickness - own) / 2)
    change = morphology.dilation if thickness >= own else morphology.erosion
    small = transform.pyramid_reduce(
        np.float32(change(shape, morphology.disk(radius))), downscale=16, order=3
    )
    return own, (255.0 * small).astype(np.uint8)


images = np.fromfile(Path(sys.argv[1]) / "train-images-idx3-ubyte", np.uint8, 200 * 784, offset=16)
images = images.reshape(-1, 28, 28)
rounded = lambda value: json.loads(json.dumps(value), parse_float=lambda v: round(float(v), 6))
targets = np.linspace(1, 5.5, 24)
made = [thickness_set(images[k], t) for k, t in enumerate(targets)]
result = {
    "measures": [rounded(measures(image)) for image in images],
    "set": [
        {"thickness": t, "own": round(own, 6), "picture": base64.b64encode(picture).decode()}
        for t, (own, picture) in zip(targets.tolist(), made)
    ],
}
out = Path(__file__).parent.parent / "fixtures" / "morpho-mnist.json"
out.write_text(json.dumps(result, separators=(",", ":")) + "\n")
