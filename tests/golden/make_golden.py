"""Writes the golden values that tests/golden.rs holds both engines to.

    python3 -m venv .venv && .venv/bin/pip install -r tests/golden/requirements.txt
    nice .venv/bin/python tests/golden/make_golden.py          # about ten minutes on one core

It is an independent second opinion: TensorFlow 2 in eager mode differentiates and multiplies,
numpy draws the random numbers, scipy knows the normal distribution; no line is shared with the
Rust. All of it is computed in float64 and stored as float32, so that the file's own error (half a
unit in the last place, 6e-8 relative) is far below that of an engine which computes in float32.

How far may a float32 engine be from these values? The script measures that as well: it repeats
every run with TensorFlow in float32 and writes down, for each tensor, how far that ended up from
float64 ("float32" in golden.json). An engine that is as careful as TensorFlow ends up about as far.
How far depends on the order in which sums are added: a unit near 0 may be active for an image in
one order and not in another, and what that adds to a gradient feeds every later step. So float32 is
run in several orders, its pixels and hidden units shuffled, which changes nothing but rounding, and
the farthest counts. (Under the tutorial's cost two of eight orders stay within 1e-7 of the loss for
a hundred steps, and two end 1.6e-4 away.)

Written, next to this file:
  noise.json            Philox words and the normals made of them
  formulas.json         the normal distribution, KL and reconstruction terms at single points
  golden.json           versions; for each case its settings, loss terms at every step and, for
                        each tensor, sum, norm and float32 distance; checksums of the inputs
  <case>.safetensors    gradients at the first step; weights after 1, 10 and 100 steps, as
                        "gradient.1/encoder.hidden.weight", "weights.10/encoder.hidden.weight", …
                        Small cases (hidden 16, batch 8) hold whole tensors; full-size cases (256,
                        128) hold every 997th value of a tensor with more than 1,024 of them.

What goes into a run is not stored: noise, weights and pixels follow from the counters in inputs.py, and
the batch is the same at every step. With one thread the files come out the same, byte for byte.
"""

import json
import os
import re
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import scipy
import scipy.stats
import tensorflow as tf
from safetensors.numpy import save_file

from inputs import (
    EVALUATION,
    LATENT,
    NOISE,
    NOISE_SEED,
    PIXELS,
    check_philox,
    noise,
    philox,
    test_pixels,
    test_weights,
)

HERE = Path(__file__).parent
KEPT_STEPS = (1, 10, 100)
LEARNING_RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-8
STRIDE, WHOLE_BELOW = 997, 1024
FLOAT_32_ORDERS = 8

OBJECTIVES = {
    "tutorial": dict(objective="tutorial", reconstruction="squared-error", beta=1.0),
    "elbo": dict(objective="elbo", reconstruction="squared-error", beta=1.0),
    "elbo-beta-4": dict(objective="elbo", reconstruction="squared-error", beta=4.0),
    "autoencoder": dict(objective="autoencoder", reconstruction="squared-error", beta=1.0),
    "elbo-bernoulli": dict(objective="elbo", reconstruction="bernoulli", beta=1.0),
}
SIZES = {"small": dict(hidden=16, batch=8), "full": dict(hidden=256, batch=128)}


# The order of the sums -----------------------------------------------------------------------


class Order:
    """An order of the pixels and of both layers' hidden units: 0 is the model's own."""

    def __init__(self, number, hidden):
        shuffled = np.random.default_rng(number).permutation if number else np.arange
        pixels, encoded, decoded = shuffled(PIXELS), shuffled(hidden), shuffled(hidden)
        both = np.arange(LATENT)
        self.pixels = pixels
        self.axes = {
            "encoder.hidden.weight": (pixels, encoded),
            "encoder.hidden.bias": (encoded,),
            "encoder.mean.weight": (encoded, both),
            "encoder.mean.bias": (both,),
            "encoder.log_var.weight": (encoded, both),
            "encoder.log_var.bias": (both,),
            "decoder.hidden.weight": (both, decoded),
            "decoder.hidden.bias": (decoded,),
            "decoder.output.weight": (decoded, pixels),
            "decoder.output.bias": (pixels,),
        }

    def apply(self, tensors):
        return {name: value[np.ix_(*self.axes[name])] for name, value in tensors.items()}

    def undo(self, tensors):
        back = {name: [np.argsort(axis) for axis in axes] for name, axes in self.axes.items()}
        return {name: value[np.ix_(*back[name])] for name, value in tensors.items()}


# Model ---------------------------------------------------------------------------------------


def reconstruction_terms(kind, output, x):
    """Per image, in nats: 1/2 sum (x^ - x)^2, or sum softplus(logit) - x logit."""
    if kind == "bernoulli":
        return tf.reduce_sum(tf.math.softplus(output) - x * output, axis=1)
    return 0.5 * tf.reduce_sum(tf.square(output - x), axis=1)


def kl_terms(mean, log_var):
    """Per image, in nats: -1/2 sum (1 + log_var - mean^2 - exp(log_var))."""
    return -0.5 * tf.reduce_sum(1 + log_var - tf.square(mean) - tf.exp(log_var), axis=1)


def cost_weights(objective, beta, batch):
    """What an image's reconstruction and its KL weigh in the cost."""
    return {
        "tutorial": (1.0, beta / batch),
        "elbo": (1.0 / batch, beta / batch),
        "autoencoder": (1.0 / batch, 0.0),
    }[objective]


def forward(weights, x, epsilon, case):
    """(reconstruction, KL) per image, and the cost."""

    def linear(values, name):
        return values @ weights[name + ".weight"] + weights[name + ".bias"]

    hidden = tf.nn.relu(linear(x, "encoder.hidden"))
    mean, log_var = linear(hidden, "encoder.mean"), linear(hidden, "encoder.log_var")
    z = mean if case["objective"] == "autoencoder" else mean + tf.exp(log_var / 2) * epsilon
    output = linear(tf.nn.relu(linear(z, "decoder.hidden")), "decoder.output")
    reconstruction = reconstruction_terms(case["reconstruction"], output, x)
    kl = kl_terms(mean, log_var)
    w_r, w_k = cost_weights(case["objective"], case["beta"], case["batch"])
    cost = w_r * tf.reduce_sum(reconstruction) + w_k * tf.reduce_sum(kl)
    return tf.reduce_mean(reconstruction), tf.reduce_mean(kl), cost


class Adam:
    """Kingma & Ba 2015, algorithm 1: p -= lr * m^ / (sqrt(v^) + epsilon), as in PyTorch and burn.

    TensorFlow adds epsilon before v is corrected ("epsilon hat", the paper's section 2): there
    p -= lr_t * m / (sqrt(v) + epsilon). At step t that is this form with an epsilon larger by
    1 / sqrt(1 - beta_2^t): 32 times larger at first, the same in the end. `epsilon_hat` runs that
    form, and golden.json says what the choice amounts to after 100 steps ("epsilonHat"): less
    than float32's own rounding under the tutorial's cost, which sums gradients over the batch; up
    to 7e-5 of the cost and 2 % of one tensor under the others, whose smallest gradients are as
    small as epsilon.
    """

    def __init__(self, weights, epsilon_hat=False):
        self.m = {name: tf.zeros_like(value) for name, value in weights.items()}
        self.v = {name: tf.zeros_like(value) for name, value in weights.items()}
        self.t = 0
        self.epsilon_hat = epsilon_hat

    def update(self, weights, gradients):
        self.t += 1
        correction_1, correction_2 = 1 - BETA_1**self.t, 1 - BETA_2**self.t
        epsilon = EPSILON / correction_2**0.5 if self.epsilon_hat else EPSILON
        for name, gradient in gradients.items():
            self.m[name] = BETA_1 * self.m[name] + (1 - BETA_1) * gradient
            self.v[name] = BETA_2 * self.v[name] + (1 - BETA_2) * tf.square(gradient)
            m_hat, v_hat = self.m[name] / correction_1, self.v[name] / correction_2
            weights[name].assign_sub(LEARNING_RATE * m_hat / (tf.sqrt(v_hat) + epsilon))


def train(case, dtype, steps=KEPT_STEPS[-1], epsilon_hat=False, order=0):
    """Loss terms at every step, and the tensors to keep: {"weights.10": {name: array}, …}."""
    order = Order(order, case["hidden"])
    weights = {
        name: tf.Variable(value.astype(dtype))
        for name, value in order.apply(test_weights(case["hidden"])).items()
    }
    # byte / 255 as a float32 division, because that is what every engine is fed
    pixels = test_pixels(case["batch"])[:, order.pixels]
    x = tf.constant((pixels / np.float32(255)).astype(dtype))
    adam = Adam(weights, epsilon_hat)
    losses, kept = [], {}
    for step in range(steps):
        epsilon = tf.constant(noise(NOISE_SEED, step, case["batch"]).astype(dtype))
        with tf.GradientTape() as tape:
            terms = forward(weights, x, epsilon, case)
        gradients = tape.gradient(
            terms[2], weights, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        adam.update(weights, gradients)
        losses.append([float(term) for term in terms])
        if step == 0:
            kept["gradient.1"] = order.undo({n: value.numpy() for n, value in gradients.items()})
        if step + 1 in KEPT_STEPS:
            kept[f"weights.{step + 1}"] = order.undo({n: v.numpy() for n, v in weights.items()})
    return np.array(losses), kept


# Files ---------------------------------------------------------------------------------------


def sample(tensor):
    flat = tensor.reshape(-1)
    return flat[::STRIDE] if flat.size > WHOLE_BELOW else flat


def digits(value, count=10):
    return float(f"{value:.{count - 1}e}")


def summary(tensor):
    tensor = tensor.astype(np.float64)
    return {"sum": digits(tensor.sum()), "norm": digits(np.linalg.norm(tensor))}


def distance(runs, theirs):
    """How far the farthest run is: its worst value, and all values together."""
    differences = [ours.astype(np.float64) - theirs for ours in runs]
    worst = max(np.abs(difference).max() for difference in differences)
    return [digits(worst, 3), digits(max(map(np.linalg.norm, differences)), 3)]


def relative_loss(ours, theirs):
    """The largest relative difference of each loss term over all steps."""
    difference = np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-30)
    return [digits(value, 3) for value in difference.max(axis=0)]


def epsilon_hat_effect(case, losses, kept):
    hat_losses, hat_kept = train(case, np.float64, epsilon_hat=True)
    last = f"weights.{KEPT_STEPS[-1]}"
    differences = [
        np.linalg.norm(hat_kept[last][name] - tensor) / np.linalg.norm(tensor)
        for name, tensor in kept[last].items()
    ]
    return {
        "relativeLoss": relative_loss(hat_losses, losses),
        "largestRelativeL2OfATensor": digits(max(differences), 3),
    }


def write_json(name, value):
    """Indented, with each innermost list or object on one line."""
    text = json.dumps(value, indent=1)
    text = re.sub(r"[\[{][^\[\]{}]*[\]}]", lambda match: " ".join(match.group().split()), text)
    (HERE / name).write_text(text + "\n")


def write_case(name, case):
    """Runs one case in both precisions; writes its tensors; returns its entry in golden.json."""
    losses, kept = train(case, np.float64)
    runs = [train(case, np.float32, order=order) for order in range(FLOAT_32_ORDERS)]
    losses_32 = [relative_loss(run_losses, losses) for run_losses, _ in runs]
    whole = case["hidden"] == SIZES["small"]["hidden"]
    stored, tensors = {}, {}
    for moment, group in kept.items():
        for tensor, value in group.items():
            key = f"{moment}/{tensor}"
            stored[key] = (value if whole else sample(value)).astype(np.float32)
            float_32 = distance([run_kept[moment][tensor] for _, run_kept in runs], value)
            tensors[key] = summary(value) | {"float32": float_32}
    save_file(stored, HERE / f"{name}.safetensors")
    return case | {
        "learningRate": LEARNING_RATE,
        "seed": NOISE_SEED,
        "stride": 1 if whole else STRIDE,
        "float32Loss": [max(terms) for terms in zip(*losses_32)],
        "epsilonHat": epsilon_hat_effect(case, losses, kept),
        "losses": [[digits(term) for term in step] for step in losses],
        "tensors": tensors,
    }


def inputs():
    """Checksums of what goes in, so that a wrong input is not mistaken for a wrong engine."""
    return {
        size: {
            "pixelSum": int(test_pixels(dimensions["batch"]).sum(dtype=np.int64)),
            "weights": {n: summary(v) for n, v in test_weights(dimensions["hidden"]).items()},
        }
        for size, dimensions in SIZES.items()
    }


def noise_values():
    counters = [[row, step, stream, 0] for stream in range(4) for step, row in [(0, 0), (428, 127)]]
    words = [
        {"counter": counter, "key": [seed, 0], "words": [int(w) for w in philox(counter, [seed, 0])]}
        for counter in counters
        for seed in (0, 1, 0xFFFFFFFF)
    ]
    places = [(1, NOISE, 0), (1, NOISE, 1), (1, NOISE, 21449), (0xFFFFFFFF, NOISE, 0)]
    epsilons = [
        {
            "seed": seed,
            "stream": stream,
            "step": step,
            "rows": [[float(str(value)) for value in row] for row in noise(seed, step, 64, stream)],
        }
        for seed, stream, step in places + [(1, EVALUATION, 0)]
    ]
    return {"words": words, "epsilon": epsilons}


def formula_values():
    norm = scipy.stats.norm
    grid = np.linspace(0.05, 0.95, 15)
    tails = [1e-6, 1e-3, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 - 1e-6]
    points = np.linspace(-4, 4, 33)
    log_vars, means = [-10.0, -3.3, -1.0, -0.01, 0.0, 0.01, 1.0, 3.0], [-3.1, -1.0, 0.0, 0.5, 8.0]
    logits, pixels = [-100.0, -20.0, -2.0, -0.1, 0.0, 0.1, 2.0, 20.0, 100.0], [0.0, 0.25, 1.0]
    one = lambda value: tf.constant([[value]], tf.float64)
    term = lambda kind, o, x: float(reconstruction_terms(kind, one(o), one(x))[0])
    return {
        "tutorialGrid": {"probability": grid.tolist(), "quantile": norm.ppf(grid).tolist()},
        "quantile": [[p, float(norm.ppf(p))] for p in tails],
        "cumulative": [[float(z), float(norm.cdf(z))] for z in points],
        "kl": [
            [m, v, float(kl_terms(one(m), one(v))[0])] for m in means for v in log_vars
        ],
        "bernoulli": [
            [o, x, term("bernoulli", o, x)] for o in logits for x in pixels
        ],
        "squaredError": [
            [o, x, term("squared-error", o, x)] for o in (-0.5, 0.0, 0.25, 1.5) for x in pixels
        ],
    }


def main():
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    check_philox()
    write_json("noise.json", noise_values())
    write_json("formulas.json", formula_values())
    cases = {}
    for size, dimensions in SIZES.items():
        for name, objective in OBJECTIVES.items():
            print(f"{name} {size}", flush=True)
            cases[f"{name}-{size}"] = write_case(f"{name}-{size}", objective | dimensions)
    versions = {"tensorflow": tf.__version__, "numpy": np.__version__, "scipy": scipy.__version__}
    write_json("golden.json", {"versions": versions, "inputs": inputs(), "cases": cases})


if __name__ == "__main__":
    main()
