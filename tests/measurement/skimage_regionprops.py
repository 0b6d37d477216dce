"""Answers questions on standard input: region properties of label images, by scikit-image."""

import json
import sys

import numpy
from skimage.measure import regionprops_table

# scikit-image's name, and the name here; from version 0.19 on the first ones are the documented.
FLAT = {
    "area": "area",
    "area_bbox": "area_bbox",
    "area_convex": "area_convex",
    "axis_major_length": "axis_major_length",
    "axis_minor_length": "axis_minor_length",
    "eccentricity": "eccentricity",
    "equivalent_diameter_area": "equivalent_diameter_area",
    "euler_number": "euler_number",
    "extent": "extent",
    "orientation": "orientation",
    "perimeter": "perimeter",
    "solidity": "solidity",
}
DEEP = {
    name: FLAT[name]
    for name in FLAT
    if name not in ("area_convex", "eccentricity", "orientation", "perimeter", "solidity")
}
INTENSITY = {
    "intensity_max": "max_intensity",
    "intensity_mean": "mean_intensity",
    "intensity_min": "min_intensity",
}


def answer(question):
    """Without the axes where scikit-image takes roots of rounding errors, of flat objects in 3D."""
    try:
        return measure(question, [])
    except ValueError:
        return measure(question, ["axis_major_length", "axis_minor_length"])


def measure(question, left_out):
    labels = numpy.array(question["labels"]).reshape(question["shape"])
    image = numpy.array(question["image"], dtype=numpy.float64).reshape(question["shape"])
    names = {**(FLAT if labels.ndim == 2 else DEEP), **INTENSITY}
    names = {name: names[name] for name in names if name not in left_out}
    extra = (
        lambda mask, values: numpy.median(values[mask]),
        lambda mask, values: numpy.percentile(values[mask], 30),
        lambda mask, values: numpy.std(values[mask]),
    )
    for function, name in zip(extra, ("median", "percentile", "deviation")):
        function.__name__ = name
    table = regionprops_table(
        labels,
        image,
        properties=["label", "bbox", "centroid", "centroid_weighted", *names],
        extra_properties=extra,
    )
    result = {name: table[theirs] for theirs, name in names.items()}
    result["label"] = table["label"]
    result["median_intensity"] = table["median"]
    result["percentile_intensity=30"] = table["percentile"]
    result["standard_deviation_intensity"] = table["deviation"]
    for i, axis in enumerate("zyx"[3 - labels.ndim :]):
        result[f"centroid_{axis}"] = table[f"centroid-{i}"]
        result[f"mass_center_{axis}"] = table[f"centroid_weighted-{i}"]
        result[f"bbox_min_{axis}"] = table[f"bbox-{i}"]
        result[f"bbox_max_{axis}"] = table[f"bbox-{i + labels.ndim}"] - 1
    return {name: values.tolist() for name, values in result.items()}


json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
