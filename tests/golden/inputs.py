"""What goes into a golden run: ε, the first weights and the pixels, each a function of its place.

Nothing but NumPy is needed, so that other programs can be given the very same inputs: make_golden.py
gives them to TensorFlow, python/tests/test_vae.py to PyTorch, tests/golden/case.rs has them in Rust.
"""

import numpy as np

PIXELS, LATENT = 784, 2

# Streams of the project's noise, and two that only these tests use.
NOISE, INIT, SHUFFLE, EVALUATION = 0, 1, 2, 3
TEST_WEIGHTS, TEST_PIXELS = 100, 101
NOISE_SEED, TEST_SEED = 1, 7


# Noise ---------------------------------------------------------------------------------------


def philox(counter, key):
    """Philox4x32-10, Salmon et al. 2011: four words from a counter of four and a key of two."""
    low = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    words = [np.asarray(word, np.uint64) for word in counter]
    x0, x1, x2, x3 = np.broadcast_arrays(*words)
    k0, k1 = (int(word) for word in key)
    for _ in range(10):
        p0, p1 = x0 * np.uint64(0xD2511F53), x2 * np.uint64(0xCD9E8D57)
        x0, x1, x2, x3 = (
            (p1 >> shift) ^ x1 ^ np.uint64(k0),
            p1 & low,
            (p0 >> shift) ^ x3 ^ np.uint64(k1),
            p0 & low,
        )
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return tuple(word.astype(np.uint32) for word in (x0, x1, x2, x3))


def check_philox():
    """The known answers that Random123 ships (kat_vectors, philox4x32-10)."""
    ones = 0xFFFFFFFF
    answers = [
        ([0] * 4, [0] * 2, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ([ones] * 4, [ones] * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            [0xA4093822, 0x299F31D0],
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ]
    for counter, key, expected in answers:
        found = " ".join(f"{int(word):08x}" for word in philox(counter, key))
        assert found == expected, f"philox({counter}, {key}) = {found}, not {expected}"


def uniform(word):
    """The middle of one of 2^24 equal cells of (0, 1): never 0, never 1."""
    return ((word >> np.uint32(8)).astype(np.float64) + 0.5) * 2.0**-24


def normal_pair(words):
    """Box-Muller: two independent standard normals from the first two words."""
    u0, u1 = uniform(words[0]), uniform(words[1])
    radius = np.sqrt(-2 * np.log(u0))
    return radius * np.cos(2 * np.pi * u1), radius * np.sin(2 * np.pi * u1)


def noise(seed, step, rows, stream=NOISE):
    """epsilon [rows, 2] of one training step."""
    words = philox([np.arange(rows), step, stream, 0], [seed, 0])
    return np.stack(normal_pair(words), axis=1).astype(np.float32)


# Inputs --------------------------------------------------------------------------------------


def shapes(hidden):
    return {
        "encoder.hidden.weight": (PIXELS, hidden),
        "encoder.hidden.bias": (hidden,),
        "encoder.mean.weight": (hidden, LATENT),
        "encoder.mean.bias": (LATENT,),
        "encoder.log_var.weight": (hidden, LATENT),
        "encoder.log_var.bias": (LATENT,),
        "decoder.hidden.weight": (LATENT, hidden),
        "decoder.hidden.bias": (hidden,),
        "decoder.output.weight": (hidden, PIXELS),
        "decoder.output.bias": (PIXELS,),
    }


def test_weights(hidden):
    """Value j of tensor k is a normal from counter [j, k, 100, 0], times 1/sqrt(fan in) or 0.01."""
    weights = {}
    for k, (name, shape) in enumerate(shapes(hidden).items()):
        words = philox([np.arange(np.prod(shape)), k, TEST_WEIGHTS, 0], [TEST_SEED, 0])
        scale = shape[0] ** -0.5 if name.endswith("weight") else 0.01
        weights[name] = (normal_pair(words)[0] * scale).astype(np.float32).reshape(shape)
    return weights


def test_pixels(batch):
    """One pixel in five is lit, as in MNIST, with any brightness."""
    rows, pixels = np.arange(batch)[:, None], np.arange(PIXELS)[None, :]
    x0, x1, _, _ = philox([pixels, rows, TEST_PIXELS, 0], [TEST_SEED, 0])
    return np.where(x0 % 5 == 0, x1 & 255, 0).astype(np.uint8)
