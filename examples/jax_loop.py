"""A network written in plain JAX; no Keras, no TensorFlow.

    python examples/jax_loop.py --log-dir logs/jax_loop [--steps 200]

Then `tensorboard --logdir logs` and the tab *Feature Maps*.
"""

import argparse
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tb_featuremaps import RunWriter

CLASSES = ["horizontal", "vertical"]
DECAY = 1e-3

Parameters = dict[str, jax.Array]


def stripes(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noisy stripes `[count, 16, 16, 1]` and whether they are vertical."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, count)
    wave = np.sin(np.arange(16) * 1.5 + random.uniform(0, 6, (count, 1)))
    across = np.broadcast_to(wave[:, None, :], (count, 16, 16))
    images = np.where(labels[:, None, None] == 1, across, across.transpose(0, 2, 1))
    noise = random.normal(0, 0.3, images.shape)
    return (images + noise)[..., None].astype(np.float32), labels


def initial() -> Parameters:
    """Random weights of two convolutions and a classifier."""
    keys = jax.random.split(jax.random.key(0), 3)
    return {
        "conv1": 0.3 * jax.random.normal(keys[0], (3, 3, 1, 8)),
        "conv2": 0.1 * jax.random.normal(keys[1], (3, 3, 8, 8)),
        "classes": 0.3 * jax.random.normal(keys[2], (8, 2)),
    }


def forward(parameters: Parameters, images: Any) -> tuple[jax.Array, dict[str, jax.Array]]:
    """The logits `[n, 2]`, and the maps of both layers on the way there."""
    maps, values = {}, jnp.asarray(images)
    for name in ("conv1", "conv2"):
        convolved = jax.lax.conv_general_dilated(
            values, parameters[name], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        values = maps[name] = jax.nn.relu(convolved)
    return values.mean((1, 2)) @ parameters["classes"], maps


def terms(parameters: Parameters, images: Any, labels: Any) -> tuple[jax.Array, jax.Array]:
    """The cross-entropy and the penalty."""
    logits, _ = forward(parameters, images)
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
    penalty = DECAY * sum(jnp.sum(weights**2) for weights in parameters.values())
    return -chosen.mean(), penalty


@jax.jit
def update(
    parameters: Parameters, images: Any, labels: Any
) -> tuple[Parameters, tuple[jax.Array, jax.Array]]:
    """One step of gradient descent, and the terms of its loss."""

    def total(parameters: Parameters) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
        found = terms(parameters, images, labels)
        return found[0] + found[1], found

    (_, found), gradients = jax.value_and_grad(total, has_aux=True)(parameters)
    return jax.tree.map(lambda weights, way: weights - 0.3 * way, parameters, gradients), found


def train(log_dir: str, steps: int) -> None:
    """Trains, and writes maps every tenth of the steps."""
    parameters = initial()
    probes, labels = stripes(4, seed=1)
    with RunWriter(log_dir, class_names=CLASSES) as writer:
        for step in range(1, steps + 1):
            parameters, (main, penalty) = update(parameters, *stripes(32, seed=step))
            writer.write_losses(step, main=main, penalty=penalty)
            if step % max(1, steps // 10) == 0:
                logits, maps = forward(parameters, probes)
                writer.write_maps(step, maps, probes=probes, labels=labels)
                writer.write_outputs(step, {"main": jax.nn.softmax(logits)})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log-dir", required=True)
    parser.add_argument("--steps", type=int, default=200)
    options = parser.parse_args()
    train(options.log_dir, options.steps)
