"""A plain PyTorch loop, whose maps come from forward hooks; no Keras, no TensorFlow.

    python examples/pytorch_loop.py --log-dir logs/pytorch_loop [--steps 200]

Then `tensorboard --logdir logs` and the tab *Feature Maps*.
"""

import argparse

import numpy as np
import torch
from torch import nn

from tb_featuremaps import RunWriter

CLASSES = ["horizontal", "vertical"]
DECAY = 1e-3


def stripes(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Noisy stripes `[count, 1, 16, 16]` and whether they are vertical."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, count)
    wave = np.sin(np.arange(16) * 1.5 + random.uniform(0, 6, (count, 1)))
    across = np.broadcast_to(wave[:, None, :], (count, 16, 16))
    images = np.where(labels[:, None, None] == 1, across, across.transpose(0, 2, 1))
    noise = random.normal(0, 0.3, images.shape)
    return torch.from_numpy((images + noise)[:, None].astype(np.float32)), torch.from_numpy(labels)


def build() -> nn.Sequential:
    """A small network."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 8, 3),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, stride=2),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 2),
    )


class Hooks:
    """Keeps what layers of a kind return while the hooks are in place.

    Args:
        model: whose layers are hooked.
        kind: which of them.
    """

    def __init__(self, model: nn.Module, kind: type[nn.Module]) -> None:
        self._layers = {name: m for name, m in model.named_modules() if isinstance(m, kind)}
        self.classes = {name: type(layer).__name__ for name, layer in self._layers.items()}

    def maps(self, model: nn.Module, inputs: torch.Tensor) -> dict[str, np.ndarray]:
        """Runs the model; returns each layer's output, `[n, channels, height, width]`."""
        found: dict[str, np.ndarray] = {}

        def keep(name: str) -> torch.utils.hooks.RemovableHandle:
            def hook(_: nn.Module, inputs: object, output: torch.Tensor) -> None:
                found[name] = output.detach().cpu().numpy()

            return self._layers[name].register_forward_hook(hook)

        handles = [keep(name) for name in self._layers]
        was_training = model.training
        try:
            with torch.no_grad():
                model.eval()(inputs)
        finally:
            model.train(was_training)
            for handle in handles:
                handle.remove()
        return found


def train(log_dir: str, steps: int) -> None:
    """Trains, and writes maps every tenth of the steps."""
    model = build()
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    hooks = Hooks(model, nn.ReLU)
    probes, labels = stripes(4, seed=1)
    with RunWriter(
        log_dir,
        data_format="channels_first",
        class_names=CLASSES,
        layer_classes=hooks.classes,
    ) as writer:
        for step in range(1, steps + 1):
            images, truth = stripes(32, seed=step)
            main = nn.functional.cross_entropy(model(images), truth)
            penalty = DECAY * sum((weights**2).sum() for weights in model.parameters())
            optimizer.zero_grad()
            (main + penalty).backward()
            optimizer.step()
            writer.write_losses(step, main=main.item(), penalty=float(penalty))
            if step % max(1, steps // 10) == 0:
                maps = hooks.maps(model, probes)
                writer.write_maps(step, maps, probes=probes.numpy(), labels=labels.tolist())
                with torch.no_grad():
                    outputs = model(probes).softmax(dim=1).numpy()
                writer.write_outputs(step, {"main": outputs})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log-dir", required=True)
    parser.add_argument("--steps", type=int, default=200)
    options = parser.parse_args()
    train(options.log_dir, options.steps)
