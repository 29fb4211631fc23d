"""Reads and writes the playground's model files: docs/model-file.md, in NumPy.

    settings, tensors, metadata = model_file.read("vae.safetensors")
    tensors["decoder.hidden.weight"].shape        # (2, 256): [inputs, outputs]

Whatever the bytes are, `read` returns a whole model or raises a ValueError that says what is wrong.
"""

import gzip
import io
import json
import math
from pathlib import Path

import numpy
import safetensors.numpy

#: Larger than any model here; what is above is refused, as by the page.
LARGEST_FILE = 64 << 20

# Settings, under the names that they have in the file: as in src/config.rs.
PRESETS = {
    "elbo": {"objective": "elbo", "initialisation": "kaiming"},
    "tutorial": {"objective": "tutorial", "initialisation": "tutorial"},
    "autoencoder": {"objective": "autoencoder", "initialisation": "kaiming"},
}
COMMON = {
    "reconstruction": "squared-error",
    "beta": 1.0,
    "learningRate": 1e-3,
    "batchSize": 128,
    "epochs": 50,
    "hidden": 256,
    "seed": 1,
}
CHOICES = {
    "preset": [None, *PRESETS],
    "objective": list(PRESETS),
    "reconstruction": ["squared-error", "bernoulli"],
    "initialisation": ["kaiming", "tutorial"],
}
RANGES = {"beta": (0, 100), "learningRate": (math.ulp(0.0), 1)}
WHOLE_RANGES = {
    "batchSize": (1, 1024),
    "epochs": (1, 1000),
    "hidden": (16, 1024),
    "seed": (0, 2**32 - 1),
}


def preset(name, **changes):
    """The settings of one of the page's presets, some changed: preset("elbo", beta=4.0)."""
    return checked({"preset": name, **COMMON, **PRESETS[name], **changes})


def checked(settings):
    """The same settings, or a ValueError on the first that the page would refuse."""
    return {name: checked_setting(name, value) for name, value in settings.items()}


def checked_setting(name, value):
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise ValueError(f"{name}: it is {value!r} and must be one of {CHOICES[name]}")
        return value
    if name not in RANGES and name not in WHOLE_RANGES:
        raise ValueError(f"settings: there is none called {name}")
    low, high = RANGES.get(name) or WHOLE_RANGES[name]
    in_range = type(value) in (int, float) and low <= value <= high
    if name in RANGES and in_range:
        return float(value)
    if in_range and value == int(value):
        return int(value)
    kind = "number" if name in RANGES else "whole number"
    raise ValueError(f"{name}: it is {value!r} and must be a {kind} from {low} to {high}")


def shapes(hidden):
    """Every tensor's name and shape; weights are [inputs, outputs]."""
    layers = {
        "encoder.hidden": (784, hidden),
        "encoder.mean": (hidden, 2),
        "encoder.log_var": (hidden, 2),
        "decoder.hidden": (2, hidden),
        "decoder.output": (hidden, 784),
    }
    weights = {f"{name}.weight": shape for name, shape in layers.items()}
    return weights | {f"{name}.bias": shape[1:] for name, shape in layers.items()}


def read(path):
    """Settings, tensors in float32 by name, and other metadata of a file, gzipped or not."""
    try:
        found, metadata = parse(path)
        settings = settings_of(found, metadata)
        expected = shapes(settings["hidden"])
        tensors = {name: tensor_of(found, name, shape) for name, shape in expected.items()}
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return settings, tensors, {key: text for key, text in metadata.items() if key != "config"}


def write(path, settings, tensors, metadata, precision="float32"):
    """Writes tensors, named and shaped as `read` gives them, in "float32" or "float16"."""
    settings = checked(settings)
    with numpy.errstate(over="ignore"):  # told by name below
        stored = {name: values.astype(precision) for name, values in tensors.items()}
    for name, shape in shapes(settings["hidden"]).items():
        tensor_of(stored, name, shape)
    metadata = {**metadata, "config": json.dumps(settings)}
    Path(path).write_bytes(safetensors.numpy.save(stored, metadata))


def parse(path):
    """Every tensor and all metadata of a safetensors file."""
    with open(path, "rb") as file:
        content = file.read(LARGEST_FILE + 1)
    try:
        if content[:2] == b"\x1f\x8b":
            content = gzip.GzipFile(fileobj=io.BytesIO(content)).read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise ValueError(f"a model has at most {LARGEST_FILE} bytes")
        tensors = safetensors.numpy.load(content)
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        metadata = header.get("__metadata__", {})
        metadata.setdefault("config", "null")
        return tensors, {**metadata, "config": json.loads(metadata["config"])}
    except Exception as error:  # gzip, zlib, safetensors and json have one of their own each
        raise ValueError(f"this is no safetensors file of a model: {error}") from None


def settings_of(tensors, metadata):
    """The settings that a file tells, or elbo's with the hidden width that its tensors have."""
    told, defaults = metadata["config"], {"preset": None, **COMMON, **PRESETS["elbo"]}
    if told is None:
        shape = getattr(tensors.get("encoder.hidden.weight"), "shape", ())
        told = {"hidden": shape[-1] if shape else 0}
    if not isinstance(told, dict):
        raise ValueError("its config is no JSON object")
    return checked({**defaults, **told})


def tensor_of(tensors, name, shape):
    """The tensor called `name` in float32."""
    wanted = f"float32 or float16 {list(shape)}"
    if name not in tensors:
        raise ValueError(f"{name} is missing where this model has {wanted}")
    values = tensors[name]
    if values.shape != tuple(shape) or values.dtype not in (numpy.float32, numpy.float16):
        found = f"{values.dtype} {list(values.shape)}"
        raise ValueError(f"{name} is {found} where this model has {wanted}")
    if not numpy.isfinite(values).all():
        raise ValueError(f"{name} holds a number that is not finite in {values.dtype}")
    return values.astype(numpy.float32)
