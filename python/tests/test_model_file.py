"""Model files between Rust and NumPy, and files that are refused. No PyTorch here."""

import gzip
import json
import random
import tempfile
import unittest
from pathlib import Path

import numpy
from exchange import ROOT, assert_close, give, rusts
from safetensors.numpy import save

import model_file

SHIPPED = ROOT / "www" / "weights" / "elbo.safetensors.gz"


def relu(values):
    return numpy.maximum(values, 0)


def layer(tensors, name, inputs):
    return inputs @ tensors[f"{name}.weight"] + tensors[f"{name}.bias"]


def decode(settings, tensors, z):
    output = layer(tensors, "decoder.output", relu(layer(tensors, "decoder.hidden", z)))
    bernoulli = settings["reconstruction"] == "bernoulli"
    return 1 / (1 + numpy.exp(-output)) if bernoulli else output


def posterior(tensors, images):
    hidden = relu(layer(tensors, "encoder.hidden", images))
    return layer(tensors, "encoder.mean", hidden), layer(tensors, "encoder.log_var", hidden)


def some_model(hidden=24, seed=0):
    normal = numpy.random.default_rng(seed).standard_normal
    shapes = model_file.shapes(hidden)
    tensors = {name: normal(shape).astype("f4") / 16 for name, shape in shapes.items()}
    return model_file.preset("elbo", hidden=hidden, beta=0.5), tensors


class Exchange(unittest.TestCase):
    def test_rusts_models_decode_and_encode_the_same(self):
        for path, expected in rusts():
            settings, tensors, _ = model_file.read(path)
            mean, log_var = posterior(tensors, expected["images"])
            assert_close(path, decode(settings, tensors, expected["z"]), expected["pixels"])
            assert_close(path, mean, expected["mean"])
            assert_close(path, log_var, expected["log_var"])

    def test_writes_models_for_rust(self):
        settings, tensors = some_model()
        draw = numpy.random.default_rng(1)
        z, images = 2 * draw.standard_normal((9, 2)), draw.random((5, 784))

        def comes_to(path):
            settings, tensors, _ = model_file.read(path)
            mean, log_var = posterior(tensors, images)
            pixels = decode(settings, tensors, z)
            return {"z": z, "pixels": pixels, "images": images, "mean": mean, "log_var": log_var}

        for precision in ("float32", "float16"):
            metadata = {"metrics": json.dumps({"step": 0}), "note": '"字"'}
            write = lambda path: model_file.write(path, settings, tensors, metadata, precision)
            give("numpy", precision, write, comes_to)

    def test_settings_and_metadata_come_through(self):
        files = {path.name: model_file.read(path) for path, _ in rusts()}
        settings, _, metadata = files["bernoulli-float32.safetensors"]
        self.assertEqual(metadata, {"note": '"字"'})
        expected = {"preset": None, "reconstruction": "bernoulli", "beta": 0.25, "hidden": 37}
        self.assertEqual(settings, settings | expected | {"seed": 2**32 - 1, "batchSize": 100})
        for name in model_file.PRESETS:
            self.assertEqual(files[f"{name}-float16.safetensors"][0], model_file.preset(name))
            self.assertIn("metrics", files[f"{name}-float16.safetensors"][2])


class Refusals(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "model.safetensors"

    def refused(self, content):
        """The sentence that a file with this content is refused with."""
        self.path.write_bytes(content)
        with self.assertRaises(ValueError) as caught:
            model_file.read(self.path)
        self.assertTrue(str(caught.exception).startswith(str(self.path)), caught.exception)
        return str(caught.exception)

    def test_a_file_without_settings_takes_its_width_from_its_tensors(self):
        _, tensors = some_model(hidden=40)
        self.path.write_bytes(save(tensors))
        settings, read, metadata = model_file.read(self.path)
        self.assertEqual((settings["hidden"], settings["preset"], metadata), (40, None, {}))
        for name, values in tensors.items():
            numpy.testing.assert_array_equal(read[name], values, name)

    def test_names_shapes_kinds_and_values_that_are_wrong_are_named(self):
        name = "decoder.hidden.bias"
        for wrong, sentence in [
            (None, "is missing where this model has float32 or float16 [24]"),
            (numpy.zeros(4, "f4"), "is float32 [4] where"),
            (numpy.zeros(24, "f8"), "is float64 [24] where"),
            (numpy.full(24, numpy.nan, "f4"), "holds a number that is not finite"),
            (numpy.full(24, -numpy.inf, "f2"), "holds a number that is not finite"),
        ]:
            _, tensors = some_model()
            tensors[name] = wrong
            content = save({key: values for key, values in tensors.items() if values is not None})
            self.assertIn(f"{name} {sentence}", self.refused(content))

    def test_settings_that_the_page_refuses_are_refused(self):
        _, tensors = some_model()
        for config, sentence in [
            ('{"hidden": 32}', "where this model has float32 or float16 [784, 32]"),
            ('{"hidden": 5}', "hidden: it is 5 and must be a whole number from 16 to 1024"),
            ('{"hidden": 24.5}', "hidden: it is 24.5"),
            ('{"hidden": true}', "hidden: it is True"),
            ('{"beta": NaN}', "beta: it is nan"),
            ('{"learningRate": 0}', "learningRate: it is 0"),
            ('{"objective": ["elbo"]}', "objective: it is ['elbo']"),
            ('{"colour": 1}', "there is none called colour"),
            ("[1]", "its config is no JSON object"),
            ("{", "no safetensors file of a model"),
            ("[" * 100_000, "no safetensors file of a model"),
        ]:
            self.assertIn(sentence, self.refused(save(tensors, {"config": config})))

    def test_files_too_large_are_refused_unread_also_when_they_inflate_to_it(self):
        bomb = bytes(model_file.LARGEST_FILE + 1)
        self.assertIn("at most 67108864 bytes", self.refused(bomb))
        self.assertIn("at most 67108864 bytes", self.refused(gzip.compress(bomb)))

    def test_damage_is_a_sentence_or_a_whole_model(self):
        model_file.write(self.path, *some_model(hidden=16), {"metrics": "{}"}, "float16")
        plain = self.path.read_bytes()
        for whole in (SHIPPED.read_bytes(), plain):
            for cut in (0, 1, 2, 7, 8, 9, 100, len(whole) - 1):
                self.refused(whole[:cut])
        draw = random.Random(1)
        for _ in range(400):
            content = bytearray(plain)
            content[draw.randrange(1500)] = draw.choice(b'\x00"9{[,\xff')
            self.path.write_bytes(content)
            try:
                _, tensors, _ = model_file.read(self.path)
                self.assertEqual(len(tensors), 10)
            except ValueError:
                pass

    def test_what_the_page_would_refuse_is_not_written(self):
        settings, tensors = some_model()
        large = tensors | {"encoder.mean.bias": numpy.full(2, 1e6, "f4")}
        with self.assertRaisesRegex(ValueError, "encoder.mean.bias holds .* not finite in float16"):
            model_file.write(self.path, settings, large, {}, "float16")
        with self.assertRaisesRegex(ValueError, "epochs: it is 0"):
            model_file.write(self.path, settings | {"epochs": 0}, tensors, {})
        self.assertFalse(self.path.exists())


if __name__ == "__main__":
    unittest.main()
