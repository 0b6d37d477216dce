"""Grows scikit-learn forests for the problems on stdin and writes what they say of their out-of-bag samples to
stdout, both as JSON."""
import json
import sys
import warnings

import numpy as np
from sklearn.ensemble import RandomForestClassifier

warnings.simplefilter("ignore")
answers = []
for case in json.load(sys.stdin):
    X = np.array(case["bits"], np.uint32).view(np.float32).reshape(-1, case["numFeatures"])
    forest = RandomForestClassifier(
        n_estimators=case["numTrees"],
        max_depth=case["maxDepth"],
        random_state=case["randomState"],
        oob_score=True,
    ).fit(X, np.array(case["classes"]))
    answers.append({
        "score": float(forest.oob_score_),
        "decision": forest.oob_decision_function_.ravel().tolist(),
    })
json.dump(answers, sys.stdout)
