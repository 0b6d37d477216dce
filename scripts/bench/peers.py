#!/usr/bin/env python3
"""Times single stages as one writes them in Python: filters by OpenCV, a forest by scikit-learn, labels by OpenCV and
SciPy. Prints one JSON object: median milliseconds by name.

Needs Debian's python3-opencv python3-sklearn python3-scipy python3-tifffile.

usage: peers.py gaussian IMAGE TILE REPEAT SIGMA...
       peers.py features IMAGE TILE REPEAT SPECIFICATION
       peers.py label MASK REPEAT
       peers.py predict PIXELS REPEAT DEPTH...
"""
import json
import sys
import time

import cv2
import numpy as np

THREADS = 2
cv2.setNumThreads(THREADS)


def median_ms(run, repeat):
    run()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return 1000 * sorted(times)[repeat // 2]


def read(path, tile=1):
    import tifffile

    image = tifffile.imread(path)
    return np.tile(image, (tile, tile))


def blur(image, sigma):
    size = int(sigma * 8)
    size += size % 2 == 0
    distance = np.arange(size) - size // 2
    weights = np.exp(-(distance**2) / (2 * sigma**2))
    weights = (weights / weights.sum()).astype(np.float32)
    return cv2.sepFilter2D(image, cv2.CV_32F, weights, weights, borderType=cv2.BORDER_REPLICATE)


def stack(image, specification):
    image = image.astype(np.float32)
    laplace = np.full((3, 3), -1, np.float32)
    laplace[1, 1] = 8
    blurs = {}

    def blurred(sigma):
        if sigma not in blurs:
            blurs[sigma] = blur(image, sigma)
        return blurs[sigma]

    def feature(name, sigma):
        edge = cv2.BORDER_REPLICATE
        if name == "original":
            return image
        if name == "gaussian_blur":
            return blurred(sigma)
        if name == "difference_of_gaussian":
            return blurred(0.9 * sigma) - blurred(1.1 * sigma)
        if name == "laplace_box_of_gaussian_blur":
            return cv2.filter2D(blurred(sigma), cv2.CV_32F, laplace, borderType=edge)
        if name == "sobel_of_gaussian_blur":
            x = cv2.Sobel(blurred(sigma), cv2.CV_32F, 1, 0, borderType=edge)
            y = cv2.Sobel(blurred(sigma), cv2.CV_32F, 0, 1, borderType=edge)
            return cv2.magnitude(x, y)
        raise SystemExit(f"no peer for {name}")

    parts = [entry.partition("=") for entry in specification.split()]
    return [feature(name, float(value or 0)) for name, _, value in parts]


def gaussian(image, tile, repeat, *sigmas):
    pixels = read(image, int(tile)).astype(np.float32)
    return {sigma: median_ms(lambda: blur(pixels, float(sigma)), int(repeat)) for sigma in sigmas}


def features(image, tile, repeat, specification):
    pixels = read(image, int(tile))
    return {"features": median_ms(lambda: stack(pixels, specification), int(repeat))}


def label(mask, repeat):
    from scipy import ndimage

    pixels = (read(mask) > 0).astype(np.uint8)
    times = {"scipy": median_ms(lambda: ndimage.label(pixels), int(repeat))}
    if pixels.ndim == 2:
        times["opencv"] = median_ms(lambda: cv2.connectedComponents(pixels, connectivity=4), int(repeat))
    return times


def predict(pixels, repeat, *depths):
    from sklearn.ensemble import RandomForestClassifier

    random = np.random.RandomState(0)
    samples = random.rand(2000, 10).astype(np.float32)
    classes = 1 + (samples[:, :5].sum(1) + 0.3 * random.rand(2000) > 2.6)
    rows = random.rand(int(pixels), 10).astype(np.float32)
    times = {}
    for depth in depths:
        forest = RandomForestClassifier(100, max_depth=int(depth), random_state=0, n_jobs=THREADS)
        forest.fit(samples, classes)
        times[depth] = median_ms(lambda: forest.predict(rows), int(repeat))
    return times


if __name__ == "__main__":
    commands = {"gaussian": gaussian, "features": features, "label": label, "predict": predict}
    print(json.dumps(commands[sys.argv[1]](*sys.argv[2:])))
