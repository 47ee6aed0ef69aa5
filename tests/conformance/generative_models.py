"""Rows of GAN, VAE and distillation, as the Keras guides and examples write them."""

import pathlib
from typing import Any

import keras
from conformance.data import autoencoder_batches, image_batches
from conformance.rows import Row
from conformance.train_steps import CROSS_ENTROPY
from keras import layers, ops

from tb_featuremaps import LossTerms

_TENSORFLOW = ("tensorflow",)
_LATENT = 4
_NO_COMPUTE_LOSS = r"LossTerms: the loss can't be split.*does not call compute_loss"


class Gan(keras.Model):
    """Two models, two optimizers, and no `call`."""

    def __init__(self) -> None:
        super().__init__()
        self.discriminator = keras.Sequential(
            [
                keras.Input((8, 8, 1)),
                layers.Conv2D(4, 3, strides=2, name="conv"),
                layers.LeakyReLU(name="leaky"),
                layers.GlobalMaxPooling2D(name="pool"),
                layers.Dense(1, name="realness"),
            ],
            name="discriminator",
        )
        self.generator = keras.Sequential(
            [
                keras.Input((_LATENT,)),
                layers.Dense(4 * 4 * 2, name="seed"),
                layers.Reshape((4, 4, 2), name="small"),
                layers.Conv2DTranspose(1, 4, 2, "same", activation="sigmoid", name="up"),
            ],
            name="generator",
        )
        self.d_loss_tracker = keras.metrics.Mean(name="d_loss")
        self.g_loss_tracker = keras.metrics.Mean(name="g_loss")
        self.seed_generator = keras.random.SeedGenerator(1337)

    @property
    def metrics(self) -> list[Any]:
        return [self.d_loss_tracker, self.g_loss_tracker]

    def compile(self, d_optimizer: Any, g_optimizer: Any, loss_fn: Any) -> None:
        super().compile(jit_compile=False)
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

    def train_step(self, data: Any) -> Any:
        import tensorflow as tf

        real = data[0] if isinstance(data, tuple) else data
        size = ops.shape(real)[0]
        latent = keras.random.normal((size, _LATENT), seed=self.seed_generator)
        images = ops.concatenate([self.generator(latent), real], axis=0)
        labels = ops.concatenate([ops.ones((size, 1)), ops.zeros((size, 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(images))
        gradients = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply(gradients, self.discriminator.trainable_weights)
        latent = keras.random.normal((size, _LATENT), seed=self.seed_generator)
        with tf.GradientTape() as tape:
            judged = self.discriminator(self.generator(latent))
            g_loss = self.loss_fn(ops.zeros((size, 1)), judged)
        gradients = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply(gradients, self.generator.trainable_weights)
        self.d_loss_tracker.update_state(d_loss)
        self.g_loss_tracker.update_state(g_loss)
        return {"d_loss": self.d_loss_tracker.result(), "g_loss": self.g_loss_tracker.result()}


class CallableGan(Gan):
    """Called, it judges pictures: so its discriminator can be watched."""

    def call(self, inputs: Any) -> Any:
        return self.discriminator(inputs)


class Sampling(layers.Layer):
    """Draws from the latent distribution."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs: Any) -> Any:
        mean, log_variance = inputs
        noise = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise


class Vae(keras.Model):
    """Encoder and decoder, with trackers of three losses."""

    def __init__(self) -> None:
        super().__init__()
        inputs = keras.Input((8, 8, 1))
        x = layers.Flatten()(layers.Conv2D(3, 3, strides=2, name="down")(inputs))
        mean, log_variance = layers.Dense(2)(x), layers.Dense(2)(x)
        outputs = [mean, log_variance, Sampling(name="sampling")([mean, log_variance])]
        self.encoder = keras.Model(inputs, outputs, name="encoder")
        latent = keras.Input((2,))
        x = layers.Reshape((4, 4, 2))(layers.Dense(32)(latent))
        x = layers.Conv2DTranspose(1, 4, 2, "same", activation="sigmoid", name="up")(x)
        self.decoder = keras.Model(latent, x, name="decoder")
        self.trackers = [
            keras.metrics.Mean(name=name) for name in ("loss", "reconstruction_loss", "kl_loss")
        ]

    @property
    def metrics(self) -> list[Any]:
        return self.trackers

    def call(self, inputs: Any) -> Any:
        return self.decoder(self.encoder(inputs)[0])

    def train_step(self, data: Any) -> Any:
        import tensorflow as tf

        data = data[0] if isinstance(data, tuple) else data
        with tf.GradientTape() as tape:
            mean, log_variance, z = self.encoder(data)
            wrong = keras.losses.binary_crossentropy(data, self.decoder(z))
            reconstruction = ops.mean(ops.sum(wrong, axis=(1, 2)))
            kl = -0.5 * (1 + log_variance - ops.square(mean) - ops.exp(log_variance))
            kl = ops.mean(ops.sum(kl, axis=1))
            total = reconstruction + kl
        gradients = tape.gradient(total, self.trainable_weights)
        self.optimizer.apply(gradients, self.trainable_weights)
        for tracker, value in zip(self.trackers, (total, reconstruction, kl), strict=True):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self.trackers}


class Distiller(keras.Model):
    """A student that learns from a teacher, by a `compute_loss` of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.student, self.teacher = _classifier("student", 3), _classifier("teacher", 6)
        self.teacher.trainable = False

    def compile(self, **settings: Any) -> None:
        super().compile(jit_compile=False, **settings)
        self.student_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.distillation_loss = keras.losses.KLDivergence()

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
        allow_empty: bool = False,
    ) -> Any:
        taught = self.teacher(x, training=False)
        student = self.student_loss(y, y_pred)
        distilled = self.distillation_loss(
            ops.softmax(taught / 2, axis=1), ops.softmax(y_pred / 2, axis=1)
        )
        return 0.4 * student + 0.6 * distilled * 4

    def call(self, inputs: Any) -> Any:
        return self.student(inputs)


class ScaledLoss(keras.Model):
    """A `compute_loss` that calls Keras's and scales it."""

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        return 2 * super().compute_loss(x, y, y_pred, sample_weight, training)


def _classifier(name: str, channels: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((12, 12, 3)),
            layers.Conv2D(channels, 3, activation="relu", name="conv"),
            layers.GlobalAveragePooling2D(name="pool"),
            layers.Dense(3, name="logits"),
        ],
        name=name,
    )


def _gan(kind: Any) -> Any:
    def make() -> keras.Model:
        model = kind()
        optimizers = keras.optimizers.Adam(3e-3), keras.optimizers.Adam(3e-3)
        model.compile(*optimizers, keras.losses.BinaryCrossentropy(from_logits=True))
        return model

    return make


def _vae() -> keras.Model:
    model = Vae()
    model.compile(optimizer="adam", jit_compile=False)
    return model


def _distiller() -> keras.Model:
    model = Distiller()
    model(ops.zeros((1, 12, 12, 3)))
    model.compile(optimizer="adam", metrics=["accuracy"])
    return model


def _scaled() -> keras.Model:
    inputs = keras.Input((12, 12, 3))
    x = layers.GlobalAveragePooling2D(name="pool")(layers.Conv2D(4, 3, name="conv")(inputs))
    model = ScaledLoss(inputs, layers.Dense(3, "softmax", name="scores")(x))
    model.compile("sgd", CROSS_ENTROPY, jit_compile=False)
    return model


def _losses_only(directory: pathlib.Path, probes: Any, layers: list[str]) -> list[Any]:
    return [LossTerms(directory)]


_COUNTED = r"optimizer.* steps count batches"

ROWS = [
    Row(
        "guide: GAN",
        _gan(Gan),
        autoencoder_batches,
        (),
        ours=_losses_only,
        splits=False,
        reported=("d_loss", "g_loss"),
        warns=(_COUNTED, _NO_COMPUTE_LOSS),
        backends=_TENSORFLOW,
        steps="batches",
        remark="the model has no call, so it has no feature maps",
    ),
    Row(
        "guide: GAN, with FeatureMaps",
        _gan(Gan),
        autoencoder_batches,
        ("discriminator/conv",),
        series=(),
        splits=False,
        reported=("d_loss", "g_loss"),
        warns=("FeatureMaps: ", _COUNTED, _NO_COMPUTE_LOSS),
        backends=_TENSORFLOW,
        steps="batches",
        remark="the model has no call: one warning says that there are no feature maps",
    ),
    Row(
        "GAN whose call is its discriminator",
        _gan(CallableGan),
        autoencoder_batches,
        ("discriminator/conv", "discriminator/leaky"),
        splits=False,
        reported=("d_loss", "g_loss"),
        warns=(_COUNTED, _NO_COMPUTE_LOSS, _COUNTED),
        backends=_TENSORFLOW,
        steps="batches",
    ),
    Row(
        "example: VAE with three loss trackers",
        _vae,
        autoencoder_batches,
        ("encoder/down", "decoder/up"),
        splits=False,
        reported=("loss", "reconstruction_loss", "kl_loss"),
        warns=(_NO_COMPUTE_LOSS,),
        backends=_TENSORFLOW,
    ),
    Row(
        "example: distillation by a compute_loss of its own",
        _distiller,
        image_batches,
        ("student/conv",),
        adds_up=False,
        warns=("LossTerms: the terms don't add up",),
    ),
    Row(
        "a compute_loss that scales Keras's",
        _scaled,
        image_batches,
        ("conv",),
        adds_up=False,
        warns=("LossTerms: the terms don't add up",),
    ),
]
