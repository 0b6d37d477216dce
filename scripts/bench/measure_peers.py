#!/usr/bin/env python3
"""Times the measuring of objects as one does it in Python. Prints one JSON object: the median milliseconds.

Needs Debian's python3-opencv python3-skimage python3-sklearn python3-tifffile.

usage: measure_peers.py boxes|numeric|opencv|train|apply MASK IMAGE REPEAT
"""
import json
import sys
import time
import warnings

import cv2
import tifffile

NUMERIC = [
    "label", "bbox", "area", "area_bbox", "area_convex", "axis_major_length", "axis_minor_length", "centroid",
    "centroid_weighted", "eccentricity", "equivalent_diameter_area", "euler_number", "extent", "intensity_max",
    "intensity_mean", "intensity_min", "orientation", "perimeter", "solidity",
]

cv2.setNumThreads(2)


def classification(work, labels, image, regionprops_table):
    """Objects by a forest on four of their measurements; the first 60 are painted over, by their size."""
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier

    def measured():
        properties = ("area", "intensity_min", "intensity_mean", "intensity_max")
        return np.column_stack(list(regionprops_table(labels, image, properties=properties).values()))

    def train():
        painted = measured()[:60]
        classes = np.where(painted[:, 0] < painted[:, 0].mean(), 1, 2)
        return RandomForestClassifier(n_estimators=100, max_depth=2, random_state=0, n_jobs=2).fit(painted, classes)

    if work == "train":
        return train
    forest = train()
    return lambda: np.concatenate([[0], forest.predict(measured())])[labels]


def main(work, mask, image, repeat):
    mask = tifffile.imread(mask)
    image = tifffile.imread(image)
    if work == "opencv":
        run = lambda: cv2.connectedComponentsWithStats(mask, connectivity=4)
    else:
        from skimage.measure import regionprops_table

        warnings.simplefilter("ignore")
        labels = cv2.connectedComponents(mask, connectivity=4)[1]
        if work in ("train", "apply"):
            run = classification(work, labels, image, regionprops_table)
        else:
            properties = NUMERIC if work == "numeric" else ("label", "bbox")
            run = lambda: regionprops_table(labels, image, properties=properties)
    # What takes seconds is timed once: its first run is no slower than later ones.
    times = []
    for _ in range(1 + int(repeat)):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
        if times[0] > 1:
            break
    times = sorted(times[1:] or times)
    return 1000 * times[len(times) // 2]


print(json.dumps({"ms": main(*sys.argv[1:])}))
