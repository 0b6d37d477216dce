"""Writes TIFF files of many classes by libtiff, and what they hold, for tiff_libtiff_test.ts.

Usage: make_tiffs.py FOLDER. Needs numpy and the shared library of libtiff. Every file
NAME.tif has the pixels of its channels, little endian, one after the other, in NAME.bin.
"""

import ctypes
import ctypes.util
import itertools
import sys

import numpy as np

FOLDER = sys.argv[1]
WIDTH, HEIGHT = 37, 21
COMPRESSIONS = {"none": 1, "lzw": 5, "deflate": 8, "packbits": 32773, "zstd": 50000}
TYPES = ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8"]
FORMATS = {"u": 1, "i": 2, "f": 3}


def open_library():
    for name in [ctypes.util.find_library("tiff"), "libtiff.so.6", "libtiff.so.5"]:
        try:
            library = ctypes.CDLL(name) if name else None
        except OSError:
            continue
        if library is not None:
            library.TIFFOpen.restype = ctypes.c_void_p
            library.TIFFOpen.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
            library.TIFFClose.argtypes = [ctypes.c_void_p]
            for function in (library.TIFFWriteEncodedStrip, library.TIFFWriteEncodedTile):
                function.restype = ctypes.c_ssize_t
                function.argtypes = [
                    ctypes.c_void_p, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_ssize_t,
                ]
            return library
    sys.exit("libtiff is not installed")


LIBRARY = open_library()


def set_field(tiff, tag, value):
    if LIBRARY.TIFFSetField(ctypes.c_void_p(tiff), ctypes.c_uint32(tag), ctypes.c_int(value)) != 1:
        raise RuntimeError(f"field {tag} was refused")


def make_pixels(dtype, samples, random):
    """Smooth enough to compress, with the extremes of the type at the start and the end."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    planes = []
    for s in range(samples):
        plane = (x * (3 + s) + y * 5) // 4 + random.integers(0, 3, (HEIGHT, WIDTH))
        plane = (plane * 0.37 - 11).astype(dtype) if dtype[0] == "f" else plane.astype(dtype)
        limits = np.finfo(dtype) if dtype[0] == "f" else np.iinfo(dtype)
        plane[0, 0], plane[-1, -1] = limits.max, limits.min
        planes.append(plane)
    return np.stack(planes)


def write(name, pixels, compression, predictor, tiled, planar, mode):
    samples = len(pixels)
    dtype = pixels.dtype
    tiff = LIBRARY.TIFFOpen(f"{FOLDER}/{name}.tif".encode(), mode.encode())
    fields = [
        (256, WIDTH), (257, HEIGHT), (258, dtype.itemsize * 8), (277, samples),
        (339, FORMATS[dtype.kind]), (262, 2 if samples == 3 else 1),
        (284, 2 if planar else 1), (259, COMPRESSIONS[compression]),
    ]
    fields += [(322, 16), (323, 16)] if tiled else [(278, 8)]
    if predictor != 1:
        fields.append((317, predictor))
    for tag, value in fields:
        set_field(tiff, tag, value)
    index = 0
    planes = [p[..., None] for p in pixels] if planar else [np.moveaxis(pixels, 0, -1)]
    for plane in planes:
        for top in range(0, HEIGHT, 16 if tiled else 8):
            for left in range(0, WIDTH, 16 if tiled else WIDTH):
                if tiled:
                    segment = np.zeros((16, 16, plane.shape[-1]), dtype)
                    part = plane[top:top + 16, left:left + 16]
                    segment[:part.shape[0], :part.shape[1]] = part
                    put = LIBRARY.TIFFWriteEncodedTile
                else:
                    segment = plane[top:top + 8]
                    put = LIBRARY.TIFFWriteEncodedStrip
                raw = ctypes.create_string_buffer(segment.tobytes(), segment.nbytes)
                if put(tiff, index, raw, segment.nbytes) != segment.nbytes:
                    raise RuntimeError(f"{name} could not be written")
                index += 1
    LIBRARY.TIFFClose(tiff)
    little = pixels.astype(dtype.newbyteorder("<"))
    little.tofile(f"{FOLDER}/{name}.bin")


random = np.random.default_rng(0)
for i, (dtype, compression, tiled, layout, order) in enumerate(itertools.product(
    TYPES, COMPRESSIONS, [False, True], ["grey", "chunky", "planar"], ["l", "b"],
)):
    pixels = make_pixels(dtype, 1 if layout == "grey" else 3, random)
    predictors = [1] if compression in ("none", "packbits") else [1, 2]
    # libtiff cannot read its own big-endian files with the floating point predictor.
    if len(predictors) > 1 and dtype[0] == "f" and order == "l":
        predictors.append(3)
    for predictor in predictors:
        # BigTIFF differs in the directories only: every other class is enough.
        big = "8" if (i // 2) % 2 else ""
        kind = "tiles" if tiled else "strips"
        name = f"{dtype}_{compression}{predictor}_{kind}_{layout}_{order}{big}"
        write(name, pixels, compression, predictor, tiled, layout == "planar", f"w{order}{big}")
