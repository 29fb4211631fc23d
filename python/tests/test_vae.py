"""The PyTorch model against Rust's files and TensorFlow's golden values, and in training."""

import gzip
import json
import tempfile
import unittest
from pathlib import Path

import numpy
import torch
from exchange import EXCHANGE, ROOT, assert_close, give, rusts
from safetensors.numpy import load_file

import inputs
import vae

GOLDEN = ROOT / "tests" / "golden"


class Exchange(unittest.TestCase):
    def test_rusts_models_decode_and_encode_the_same(self):
        for path, expected in rusts():
            model = vae.load(path)
            with torch.no_grad():
                mean, log_var = model.encoder(torch.from_numpy(expected["images"]))
            assert_close(path, model.decode(expected["z"]).numpy(), expected["pixels"])
            assert_close(path, mean.numpy(), expected["mean"])
            assert_close(path, log_var.numpy(), expected["log_var"])

    def test_the_three_presets_can_be_opened_as_they_ship(self):
        for name in vae.PRESETS:
            model = vae.load(ROOT / "www" / "weights" / f"{name}.safetensors.gz")
            told = json.loads(model.metadata["metrics"])["test"]
            found = vae.evaluate(model, vae.images("test"))
            for figure in ("reconstructionAtMean", "kl"):
                # The figure is of float32 too, over 10,000 images.
                self.assertAlmostEqual(found[figure] / told[figure], 1, delta=1e-5)
            # Another ε for each of 10,000 images: five standard errors of 0.024 nats (measured).
            self.assertAlmostEqual(found["reconstruction"], told["reconstruction"], delta=0.12)

    def test_writes_trained_models_for_rust(self):
        torch.manual_seed(1)
        model = vae.VAE(vae.preset("elbo", epochs=1))
        images = vae.images("train", chunks=1)
        history = vae.train(model, images, report=str)
        some = images[:20].float() / 255
        z = torch.randn(9, 2)

        def comes_to(path):
            model = vae.load(path)
            with torch.no_grad():
                mean, log_var = model.encoder(some)
            pixels = model.decode(z)
            return {"z": z, "pixels": pixels, "images": some, "mean": mean, "log_var": log_var}

        for precision in ("float32", "float16"):
            metadata = {"metrics": {"step": 39, "epoch": 1}, "history": history}
            write = lambda path: vae.save(path, model, precision, **metadata)
            give("torch", precision, write, comes_to)
        exact = vae.load(EXCHANGE / "torch" / "float32.safetensors").state_dict()
        for name, values in model.state_dict().items():
            self.assertTrue(torch.equal(values, exact[name]), name)


class Golden(unittest.TestCase):
    """100 steps in float64 beside TensorFlow's, from the same weights, pixels and ε."""

    def follows_tensorflow(self, name, steps):
        case = json.loads((GOLDEN / "golden.json").read_text())["cases"][name]
        stored = load_file(GOLDEN / f"{name}.safetensors")
        fields = {key: case[key] for key in ("objective", "reconstruction", "beta", "hidden")}
        model = vae.VAE(vae.preset("elbo", **fields, learningRate=case["learningRate"])).double()
        weights = inputs.test_weights(case["hidden"])
        model.load_state_dict({n: torch.from_numpy(w.T.copy()) for n, w in weights.items()})
        images = torch.from_numpy(inputs.test_pixels(case["batch"])).float() / 255
        adam = vae.optimiser(model)
        for step in range(steps):
            noise = torch.from_numpy(inputs.noise(case["seed"], step, case["batch"])).double()
            sampled = None if case["objective"] == "autoencoder" else noise
            terms = vae.terms(model, images.double(), sampled)
            adam.zero_grad()
            cost = vae.cost(model.settings, *terms)
            cost.backward()
            if step == 0:
                gradient = {n: p.grad for n, p in model.named_parameters()}
                self.same(case, stored, f"{name}, gradient.1", "gradient.1", gradient)
            adam.step()
            found = [terms[0].mean().item(), terms[1].mean().item(), cost.item()]
            # The file keeps ten digits, and both sides compute in float64.
            place = f"{name}, losses of step {step}"
            numpy.testing.assert_allclose(found, case["losses"][step], 1e-8, err_msg=place)
            if step + 1 in (1, 10, 100):
                moment = f"weights.{step + 1}"
                self.same(case, stored, f"{name}, {moment}", moment, model.state_dict())

    def same(self, case, stored, place, moment, tensors):
        for tensor, values in tensors.items():
            theirs = stored[f"{moment}/{tensor}"]
            if values is None:  # what the cost does not depend on: TensorFlow's 0
                values = torch.zeros(theirs.shape)
            ours = values.detach().numpy().T.reshape(-1)
            stride = 1 if len(ours) == theirs.size else case["stride"]
            # Theirs were rounded to float32: half a unit in the last place, 2⁻²⁴.
            numpy.testing.assert_allclose(
                ours[::stride], theirs.reshape(-1), 2**-23, 1e-12, err_msg=f"{place}, {tensor}"
            )

    def test_a_hundred_steps_of_every_small_case(self):
        for name in ("tutorial", "elbo", "elbo-beta-4", "autoencoder", "elbo-bernoulli"):
            self.follows_tensorflow(f"{name}-small", 100)

    def test_ten_steps_of_every_presets_full_size(self):
        for name in vae.PRESETS:
            self.follows_tensorflow(f"{name}-full", 10)


class Training(unittest.TestCase):
    def test_an_epoch_of_each_preset_learns(self):
        images = vae.images("train", chunks=1)
        for name in vae.PRESETS:
            torch.manual_seed(1)
            model = vae.VAE(vae.preset(name, epochs=2))
            before, lines = vae.evaluate(model, images), []
            history = vae.train(model, images, images[:1000], report=lines.append)
            after = vae.evaluate(model, images)
            self.assertLess(after["cost"], 0.75 * before["cost"], name)
            losses = history["training"]["reconstruction"]
            self.assertLess(losses[1], losses[0], name)
            self.assertEqual(history["validation"]["step"], [39, 78])
            self.assertRegex(lines[1], r"^epoch   2 .* train .* KL  validation .* nats an image$")

    def test_the_tutorials_weights_start_small_and_its_biases_at_zero(self):
        values = vae.VAE(vae.preset("tutorial")).state_dict()
        self.assertLessEqual(values["decoder.output.weight"].abs().max().item(), 0.002)
        self.assertEqual(values["decoder.output.bias"].abs().max().item(), 0)

    def test_a_damaged_chunk_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            manifest = {"chunks": [{"split": "test", "file": "a", "count": 1, "sha256": "0"}]}
            (Path(folder) / "manifest.json").write_text(json.dumps(manifest))
            (Path(folder) / "a").write_bytes(gzip.compress(bytes(785)))
            with self.assertRaisesRegex(ValueError, "a: its SHA-256 is not the manifest's"):
                vae.images("test", folder)


if __name__ == "__main__":
    unittest.main()
