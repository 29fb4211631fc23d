"""The playground's model in PyTorch: opens what the page exports, trains, writes what it opens.

    python vae.py --preset elbo --epochs 5 --out mine.safetensors

    model = vae.load("vae.safetensors")
    pixels = model.decode([[0.4, -1.1]])          # [1, 784], nominally 0 to 1
    vae.train(model, vae.images("train"), epochs=1)
    vae.save("mine.safetensors", model)

Read it from top to bottom: model, loss, training, data, files. The formulas are those of
src/objective.rs, the names of the settings those of model_file.py.
"""

import argparse
import gzip
import hashlib
import json
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

import model_file
from model_file import PRESETS, preset

PIXELS, LATENT = 784, 2
DATA = Path(__file__).parent.parent / "www" / "data" / "mnist"


# Model: 784 – hidden – 2 – hidden – 784 -------------------------------------------------------


class Encoder(nn.Module):
    """The posterior q(z|x) of images [batch, 784]: mean and log σ², each [batch, 2]."""

    def __init__(self, hidden):
        super().__init__()
        self.hidden = nn.Linear(PIXELS, hidden)
        self.mean = nn.Linear(hidden, LATENT)
        self.log_var = nn.Linear(hidden, LATENT)

    def forward(self, images):
        hidden = self.hidden(images).relu()
        return self.mean(hidden), self.log_var(hidden)


class Decoder(nn.Module):
    """Latent points [batch, 2] to outputs [batch, 784]: pixels, or logits under `bernoulli`."""

    def __init__(self, hidden):
        super().__init__()
        self.hidden = nn.Linear(LATENT, hidden)
        self.output = nn.Linear(hidden, PIXELS)

    def forward(self, z):
        return self.output(self.hidden(z).relu())


class VAE(nn.Module):
    """Its parameters have the names of the file's tensors: encoder.hidden.weight, …"""

    def __init__(self, settings):
        super().__init__()
        self.settings, self.metadata = settings, {}
        self.encoder = Encoder(settings["hidden"])
        self.decoder = Decoder(settings["hidden"])
        # Linear starts uniform on ±1/√inputs, biases too: the page's `kaiming`.
        if settings["initialisation"] == "tutorial":
            for name, values in self.named_parameters():
                if name.endswith("weight"):
                    nn.init.trunc_normal_(values, std=0.001, a=-0.002, b=0.002)
                else:
                    nn.init.zeros_(values)

    @torch.no_grad()
    def decode(self, z):
        """The pixels [n, 784], nominally 0 to 1, of latent points [n, 2]."""
        output = self.decoder(torch.as_tensor(z, dtype=torch.float32))
        return output.sigmoid() if self.settings["reconstruction"] == "bernoulli" else output


# Loss, in nats --------------------------------------------------------------------------------


def terms(model, images, noise):
    """Reconstruction and KL of each image; `noise` is ε ~ N(0, I), None to decode the mean.

    images [batch, 784] from 0 to 1, noise [batch, 2]; returns twice [batch].
    """
    mean, log_var = model.encoder(images)
    z = mean if noise is None else mean + torch.exp(0.5 * log_var) * noise
    output = model.decoder(z)
    if model.settings["reconstruction"] == "bernoulli":
        errors = functional.binary_cross_entropy_with_logits(output, images, reduction="none")
    else:
        errors = 0.5 * (output - images) ** 2
    # KL(q(z|x) ‖ N(0, I)) = ½ Σ (μ² + σ² − log σ² − 1)      Kingma & Welling 2014, appendix B
    kl = 0.5 * (mean**2 + log_var.exp() - log_var - 1)
    return errors.sum(dim=1), kl.sum(dim=1)


def cost(settings, reconstruction, kl):
    """What a step minimises, for the terms of its images.

    | elbo        | mean of reconstruction + β KL                                |
    | tutorial    | *sum* of reconstruction + β mean of KL: the tutorial's slip  |
    | autoencoder | mean of reconstruction; nothing is sampled                   |
    """
    if settings["objective"] == "autoencoder":
        return reconstruction.mean()
    if settings["objective"] == "tutorial":
        return reconstruction.sum() + settings["beta"] * kl.mean()
    return reconstruction.mean() + settings["beta"] * kl.mean()


# Training -------------------------------------------------------------------------------------


def optimiser(model):
    """Adam as the page has it: β₁ 0.9, β₂ 0.999, ε 1e-8."""
    return torch.optim.Adam(
        model.parameters(), lr=model.settings["learningRate"], betas=(0.9, 0.999), eps=1e-8
    )


def train(model, images, validation=None, epochs=None, report=print):
    """Trains on images [n, 784], bytes, and returns what docs/model-file.md calls a history.

    Images left over after ⌊n / batch⌋ steps sit an epoch out, as in the page. Order and ε are of
    PyTorch's generator: a run is as good as the page's of that seed, but not the same numbers.
    """
    adam, model.metadata = optimiser(model), {}  # what a file said of the model held before
    losses, validations = [], []
    for epoch in range(1, (epochs or model.settings["epochs"]) + 1):
        start = time.perf_counter()
        steps, loss = train_epoch(model, adam, images)
        seconds, step = time.perf_counter() - start, epoch * steps
        losses.append({"step": step, **loss})
        line = f"epoch {epoch:3}  {seconds:5.2f} s  {1000 * seconds / steps:5.2f} ms/step"
        line += f"  train {sum_of(loss)}"
        if validation is not None:
            found = evaluate(model, validation)
            found |= {"epoch": epoch, "step": step, "total": -found["elbo"]}
            validations.append(found)
            line += f"  validation {sum_of(found)}"
        report(line + "  nats an image")
    return {"training": columns(losses), "validation": columns(validations)}


def train_epoch(model, adam, images):
    """One pass over the images in a new order; how many steps it took, and their mean losses."""
    settings = model.settings
    batch = min(settings["batchSize"], len(images))
    steps, sums = len(images) // batch, torch.zeros(2)
    for rows in torch.randperm(len(images))[: steps * batch].view(steps, batch):
        noise = None if settings["objective"] == "autoencoder" else torch.randn(batch, LATENT)
        reconstruction, kl = terms(model, images[rows].float() / 255, noise)
        adam.zero_grad()
        cost(settings, reconstruction, kl).backward()
        adam.step()
        sums += torch.stack([reconstruction.mean(), kl.mean()]).detach()
    reconstruction, kl = (sums / steps).tolist()
    return steps, {"total": reconstruction + kl, "reconstruction": reconstruction, "kl": kl}


def columns(rows):
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


def sum_of(loss):
    return f"{loss['total']:7.3f} = {loss['reconstruction']:7.3f} + {loss['kl']:6.3f} KL"


@torch.no_grad()
def evaluate(model, images):
    """Means an image, in nats, over all of images [n, 784], bytes; ε is the same every time."""
    settings, batches = model.settings, images.split(1000)
    generator = torch.Generator().manual_seed(settings["seed"])
    at_mean = [terms(model, batch.float() / 255, None) for batch in batches]
    sampled = at_mean
    if settings["objective"] != "autoencoder":
        noise = torch.randn(len(images), LATENT, generator=generator).split(1000)
        sampled = [terms(model, b.float() / 255, e) for b, e in zip(batches, noise)]
    reconstruction, kl = (torch.cat(term).double() for term in zip(*sampled))
    return {
        "reconstruction": reconstruction.mean().item(),
        "reconstructionAtMean": torch.cat([term for term, _ in at_mean]).double().mean().item(),
        "kl": kl.mean().item(),
        "elbo": -(reconstruction + kl).mean().item(),
        "cost": cost(settings, reconstruction, kl).item(),
        "images": len(images),
    }


# Data -----------------------------------------------------------------------------------------


def images(split, folder=DATA, chunks=None):
    """The images [n, 784], bytes, of "train", "validation" or "test", or of its first chunks.

    A chunk is gzipped: `count` bytes of labels, then `count` × 784 bytes of pixels.
    """
    manifest = json.loads((Path(folder) / "manifest.json").read_text())
    parts = []
    for chunk in [chunk for chunk in manifest["chunks"] if chunk["split"] == split][:chunks]:
        content = gzip.decompress((Path(folder) / chunk["file"]).read_bytes())
        if hashlib.sha256(content).hexdigest() != chunk["sha256"]:
            raise ValueError(f"{chunk['file']}: its SHA-256 is not the manifest's")
        pixels = bytearray(content[chunk["count"] :])
        parts.append(torch.frombuffer(pixels, dtype=torch.uint8).view(-1, PIXELS))
    return torch.cat(parts)


# Files ----------------------------------------------------------------------------------------


def load(path):
    """The model in a file of the page's; a ValueError says why there is none.

    Its settings are `model.settings`; what else the file says of it is `model.metadata`.
    """
    settings, tensors, metadata = model_file.read(path)
    model = VAE(settings)
    # The file's weights are [inputs, outputs], PyTorch's [outputs, inputs].
    model.load_state_dict({name: torch.from_numpy(t.T.copy()) for name, t in tensors.items()})
    model.metadata = metadata
    return model


def save(path, model, precision="float32", **metadata):
    """Writes a file that the page opens. `metadata`: metrics={…}, history={…}, kept as JSON."""
    tensors = {name: t.numpy().T.copy() for name, t in model.state_dict().items()}
    texts = {key: json.dumps(value) for key, value in metadata.items()}
    model_file.write(path, model.settings, tensors, {**model.metadata, **texts}, precision)


# Command --------------------------------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser(description="Trains the playground's model in PyTorch.")
    parser.add_argument("--preset", default="elbo", choices=PRESETS)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", help="write the trained model here, float32 safetensors")
    options = parser.parse_args()
    try:
        settings = preset(options.preset, epochs=options.epochs, seed=options.seed)
    except ValueError as error:
        parser.error(error)
    torch.manual_seed(options.seed)
    model = VAE(settings)
    history = train(model, images("train"), images("validation"))
    test = evaluate(model, images("test"))
    print(
        f"test: reconstruction {test['reconstruction']:.3f} (sampled) "
        f"{test['reconstructionAtMean']:.3f} (at the mean), KL {test['kl']:.3f}, "
        f"ELBO {test['elbo']:.3f} nats an image, cost {test['cost']:.3f}"
    )
    if options.out:
        last = {name: column[-1] for name, column in history["validation"].items()}
        metrics = {"step": last["step"], "epoch": last["epoch"], "engine": "pytorch"}
        metrics |= {"validation": last, "test": test}
        save(options.out, model, metrics=metrics, history=history)


if __name__ == "__main__":
    main()
