"""Segments images by scikit-image's trainable segmentation, with its defaults: multiscale_basic_features and a random
forest of 100 trees of unlimited depth (here with random_state 0).

Reads a JSON list of jobs from stdin, each {image, strokes, result, shape, channels}: paths of raw files, the image
float32 with channels last, strokes and result uint8. Writes the classes and prints the seconds of each job."""
import functools
import json
import sys
import time

import numpy as np
from skimage.feature import multiscale_basic_features
from skimage.future import TrainableSegmenter
from sklearn.ensemble import RandomForestClassifier

seconds = []
for job in json.load(sys.stdin):
    image = np.fromfile(job["image"], np.float32).reshape(job["shape"] + [job["channels"]])
    strokes = np.fromfile(job["strokes"], np.uint8).reshape(job["shape"])
    start = time.perf_counter()
    segmenter = TrainableSegmenter(
        clf=RandomForestClassifier(n_estimators=100, n_jobs=-1, random_state=0),
        features_func=functools.partial(multiscale_basic_features, channel_axis=-1),
    )
    segmenter.fit(image, strokes)
    classes = segmenter.predict(image)
    seconds.append(time.perf_counter() - start)
    classes.astype(np.uint8).tofile(job["result"])
json.dump(seconds, sys.stdout)
