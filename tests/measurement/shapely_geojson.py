"""Reads label images and their GeoJSON on standard input and prints what Shapely makes of it."""

import json
import sys

import numpy
from scipy import ndimage
from shapely.geometry import MultiPolygon, Polygon, box, shape
from shapely.ops import unary_union


def rings(geometry):
    """Every ring with whether it is an outer one."""
    for polygon in getattr(geometry, "geoms", [geometry]):
        yield polygon.exterior, True
        for interior in polygon.interiors:
            yield interior, False


def answer(question):
    labels = numpy.array(question["labels"]).reshape(question["shape"])
    faults, found = [], {}
    for feature in json.loads(question["geojson"])["features"]:
        label = int(feature["properties"]["name"])
        geometry = shape(feature["geometry"])
        found[label] = geometry
        mask = labels == label
        pieces, count = ndimage.label(mask)
        pixels = [box(x, y, x + 1, y + 1) for y, x in zip(*mask.nonzero())]
        # A hole is background, or other labels, that no corner connects to the outside.
        holes = sum(
            ndimage.label(~numpy.pad(pieces == piece, 1), numpy.ones((3, 3)))[1] - 1
            for piece in range(1, count + 1)
        )
        numbers = [len(polygon.interiors) for polygon in getattr(geometry, "geoms", [geometry])]
        closed = all(
            ring[0] == ring[-1]
            for polygon in (
                [feature["geometry"]["coordinates"]]
                if geometry.geom_type == "Polygon"
                else feature["geometry"]["coordinates"]
            )
            for ring in polygon
        )
        checks = {
            "a valid geometry": geometry.is_valid,
            "a polygon or several": isinstance(geometry, (Polygon, MultiPolygon)),
            "closed rings": closed,
            "rings that do not touch themselves": all(ring.is_simple for ring, _ in rings(geometry)),
            "outer rings counterclockwise, holes clockwise": all(
                ring.is_ccw == outer for ring, outer in rings(geometry)
            ),
            "as many polygons as pieces": len(numbers) == count,
            "a Polygon where there is one piece": (count == 1) == (geometry.geom_type == "Polygon"),
            "no fewer rings than holes": sum(numbers) >= holes,
            "the area of its pixels": geometry.area == mask.sum(),
            "exactly its pixels": geometry.equals(unary_union(pixels)),
        }
        faults += [f"{label}: expected {name}" for name, right in checks.items() if not right]
    if sorted(found) != sorted(set(labels.ravel()) - {0}):
        faults.append(f"labels {sorted(found)}")
    total = unary_union(list(found.values())).area if found else 0
    if total != (labels > 0).sum():
        faults.append(f"objects cover {total} pixels together")
    return faults


json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
