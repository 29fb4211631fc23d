"""The files that Rust's tests and these write for each other: tests/python.rs has the other side.

Beside each model NAME.safetensors lies what it comes to, NAME.expected: pixels [n, 784] decoded at
latent points z [n, 2], and mean and log_var [m, 2] of images [m, 784].
"""

import os
import sys
from pathlib import Path

import numpy
from safetensors.numpy import load_file, save_file

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "tests" / "golden")]

#: The folder, given by `cargo xtask test --only python`.
EXCHANGE = Path(os.environ["EXCHANGE"])

#: Two sums of the same float32 products in different orders; a pixel is nominally 0 to 1.
TOLERANCE = 1e-5


def rusts():
    """Each model that Rust wrote, and what it comes to."""
    paths = sorted((EXCHANGE / "rust").glob("*.safetensors"))
    assert len(paths) == 8, f"three presets and another, in two precisions: {paths}"
    return [(path, load_file(path.with_suffix(".expected"))) for path in paths]


def give(writer, precision, write, expected):
    """Puts a model of ours, written by `write(path)`, and what it comes to where Rust looks."""
    folder = EXCHANGE / writer
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{precision}.safetensors"
    write(path)
    expected = {name: numpy.asarray(v, numpy.float32) for name, v in expected(path).items()}
    save_file(expected, path.with_suffix(".expected"))


def assert_close(place, ours, theirs):
    difference = numpy.abs(ours - theirs) / numpy.maximum(1, numpy.abs(theirs))
    worst = numpy.unravel_index(difference.argmax(), difference.shape)
    assert difference[worst] <= TOLERANCE, (
        f"{place}{list(map(int, worst))}: ours {ours[worst]}, Rust's {theirs[worst]}, differ by "
        f"{difference[worst]:.1e} where {TOLERANCE} is allowed"
    )
