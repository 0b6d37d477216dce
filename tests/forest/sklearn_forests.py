"""Grows scikit-learn forests for the problems on stdin and writes them to stdout, both as JSON.

usage: sklearn_forests.py MODULE    MODULE: a Python file with dump(X, y, max_depth, num_trees, random_state)
"""
import importlib.util
import json
import sys

import numpy as np

spec = importlib.util.spec_from_file_location("sklearn_forest", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

forests = []
for case in json.load(sys.stdin):
    X = np.array(case["bits"], np.uint32).view(np.float32).reshape(-1, case["numFeatures"])
    forest = module.dump(X, np.array(case["classes"]), case["maxDepth"], case["numTrees"], case["randomState"])
    del forest["X"], forest["y"]
    forests.append(forest)
json.dump(forests, sys.stdout)
