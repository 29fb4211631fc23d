"""Times one epoch of the tutorial's own program (tests/reference/tutorial.py) in TensorFlow, on the
page's 55,000 training images at batch 128. A line of JSON for one thread and for all."""

import gzip
import json
import os
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests/reference"))

import numpy as np
import tutorial

tf = tutorial.tf

PIXELS, BATCH, WARM_UP = 784, 128, 20


def training_images():
    folder = os.path.join(ROOT, "www/data/mnist")
    with open(os.path.join(folder, "manifest.json")) as file:
        chunks = json.load(file)["chunks"]
    parts = []
    for chunk in (chunk for chunk in chunks if chunk["split"] == "train"):
        with gzip.open(os.path.join(folder, chunk["file"])) as file:
            pixels = np.frombuffer(file.read(), np.uint8)[chunk["count"] :]
        parts.append(pixels.reshape(-1, PIXELS).astype(np.float32) / 255)
    return np.concatenate(parts)


def epoch(images, threads):
    tf.reset_default_graph()
    tf.set_random_seed(1)
    np.random.seed(1)
    train = tutorial.DataSet(images)
    x, cost, optimizer, _ = tutorial.build("elbo", "kaiming")
    config = tf.ConfigProto(intra_op_parallelism_threads=threads)
    steps = train.num_examples // BATCH
    with tf.Session(config=config) as session:
        session.run(tf.global_variables_initializer())
        for _ in range(WARM_UP):
            session.run([optimizer, cost], feed_dict={x: train.next_batch(BATCH)})
        started = time.perf_counter()
        for _ in range(steps):
            _, last = session.run([optimizer, cost], feed_dict={x: train.next_batch(BATCH)})
        seconds = time.perf_counter() - started
    return {
        "tensorflow": tf.__version__,
        "threads": threads,
        "millisecondsPerStep": 1000 * seconds / steps,
        "secondsPerEpoch": seconds,
        "cost": float(last),
    }


tf.disable_eager_execution()
images = training_images()
for threads in (1, 0):
    print(json.dumps(epoch(images, threads)), flush=True)
