"""Times scikit-learn's forest on problems that a line of JSON on stdin each describes.

A problem: {"path": a file of samples × features 32-bit floats and samples bytes of classes, "samples", "features",
"depth", "trees", "jobs"}. The answer, a line of JSON: the milliseconds of one training and what identifies its forest.
"""
import json
import sys
import time

import numpy as np
from sklearn.ensemble import RandomForestClassifier

path = None
for line in sys.stdin:
    problem = json.loads(line)
    if problem["path"] != path:
        path = problem["path"]
        n, f = problem["samples"], problem["features"]
        X = np.fromfile(path, np.float32, n * f).reshape(n, f)
        y = np.fromfile(path, np.uint8, offset=4 * n * f)
    forest = RandomForestClassifier(
        max_depth=problem["depth"], n_estimators=problem["trees"], random_state=0, n_jobs=problem["jobs"])
    start = time.perf_counter()
    forest.fit(X, y)
    ms = 1000 * (time.perf_counter() - start)
    trees = [tree.tree_ for tree in forest.estimators_]
    nodes = sum(tree.node_count for tree in trees)
    thresholds = sum(float(np.abs(tree.threshold[tree.children_left >= 0]).sum()) for tree in trees)
    print(json.dumps(dict(ms=ms, nodes=nodes, thresholds=thresholds)), flush=True)
