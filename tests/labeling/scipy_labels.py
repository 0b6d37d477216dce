"""Reads masks as JSON from standard input and prints how scipy.ndimage.label numbers them."""
import json
import sys

import numpy as np
from scipy import ndimage

answers = []
for mask in json.load(sys.stdin):
    pixels = np.array(mask["pixels"], np.uint8).reshape(mask["shape"])
    corners = np.ones((3,) * pixels.ndim) if mask["corners"] else None
    labels, count = ndimage.label(pixels, corners)
    answers.append({"labels": labels.ravel().tolist(), "count": int(count)})
json.dump(answers, sys.stdout)
