"""A Keras model trained in a loop of one's own, with TensorFlow's gradients.

    python examples/keras_loop.py --log-dir logs/keras_loop [--steps 200]

Then `tensorboard --logdir logs` and the tab *Feature Maps*.
"""

import argparse

import keras
import numpy as np
import tensorflow as tf

from tb_featuremaps import MapCapture, RunWriter

CLASSES = ["horizontal", "vertical"]


def stripes(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noisy stripes `[count, 16, 16, 1]` and whether they are vertical."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, count)
    wave = np.sin(np.arange(16) * 1.5 + random.uniform(0, 6, (count, 1)))
    across = np.broadcast_to(wave[:, None, :], (count, 16, 16))
    images = np.where(labels[:, None, None] == 1, across, across.transpose(0, 2, 1))
    noise = random.normal(0, 0.3, images.shape)
    return (images + noise)[..., None].astype(np.float32), labels


def build() -> keras.Model:
    """A small network with one auxiliary head."""
    layers = keras.layers
    image = keras.Input((16, 16, 1))
    first = layers.Conv2D(8, 3, activation="relu", kernel_regularizer="l2", name="conv1")(image)
    auxiliary = layers.Dense(2, name="aux1")(layers.GlobalAveragePooling2D()(first))
    second = layers.Conv2D(8, 3, strides=2, activation="relu", name="conv2")(first)
    main = layers.Dense(2, name="main")(layers.GlobalAveragePooling2D()(second))
    return keras.Model(image, {"main": main, "aux1": auxiliary})


def train(log_dir: str, steps: int) -> None:
    """Trains, and writes maps every tenth of the steps."""
    keras.utils.set_random_seed(0)
    model, optimizer = build(), keras.optimizers.Adam(0.01)
    crossentropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    probes, labels = stripes(4, seed=1)

    @tf.function
    def step_of(images: tf.Tensor, truth: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            outputs = model(images, training=True)
            main = crossentropy(truth, outputs["main"])
            auxiliary = crossentropy(truth, outputs["aux1"])
            penalty = tf.add_n(model.losses)
            total = main + 0.3 * auxiliary + penalty
        gradients = tape.gradient(total, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return main, auxiliary, penalty

    capture = MapCapture(model, probes, layers=["conv1", "conv2"])
    with RunWriter(log_dir, class_names=CLASSES, layer_classes=capture.layer_classes) as writer:
        for step in range(1, steps + 1):
            main, auxiliary, penalty = step_of(*stripes(32, seed=step))
            writer.write_losses(
                step, main=main, auxiliary={"aux1": (auxiliary, 0.3)}, penalty=penalty
            )
            if step % max(1, steps // 10) == 0:
                writer.write_maps(step, capture(), probes=probes, labels=labels)
                outputs = model(probes, training=False)
                writer.write_outputs(
                    step, {name: tf.nn.softmax(values) for name, values in outputs.items()}
                )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log-dir", required=True)
    parser.add_argument("--steps", type=int, default=200)
    options = parser.parse_args()
    train(options.log_dir, options.steps)
