"""Trains the models whose maps the documentation shows, and makes the pictures of them in the tab.

python -m benchmarks.pictures_of_models --out docs/images

Some 10 minutes on two cores; a training that has ended is not repeated. The tab must have been
built.
"""

import argparse
import pathlib
from collections.abc import Mapping
from typing import NamedTuple

from benchmarks.pictures import TensorBoardServer, chromium, picture
from training.experiments import weight_decay
from training.experiments.runs import train_all

_PHOTOS = ["--dataset=scaled_photos", "--image-size=64"]
# By the name of the run, the options of `training.train`.
_TRAININGS = {
    "inception_resnet_v2": ["--model=inception_resnet_v2", "--steps=100", *_PHOTOS],
    "inception_v3": ["--model=inception_v3", "--steps=200", *_PHOTOS],
    "sgd_l2": ["--epochs=10", "--width=0.25", "--every=50", *weight_decay.RUNS["sgd_l2"]],
}


class _Shown(NamedTuple):
    """What a picture shows."""

    run: str
    layer: str
    size: tuple[int, int]
    dark: bool


_PICTURES: Mapping[str, _Shown] = {
    "inception_v3_1280_light.png": _Shown("inception_v3", "mixed4", (1280, 800), False),
    "inception_resnet_v2_1920_dark.png": _Shown(
        "inception_resnet_v2", "block17_10", (1920, 1080), True
    ),
    "penalty_1280_light.png": _Shown("sgd_l2", "inception_3a", (1280, 800), False),
}


def main() -> None:
    """Trains what has not been trained, and makes all pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--logs", type=pathlib.Path, default=pathlib.Path("logs/models"))
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("docs/images"))
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time")
    options = parser.parse_args()
    train_all(_TRAININGS, options.logs, options.jobs)
    with TensorBoardServer(options.logs, load_fast=True) as server, chromium() as browser:
        server.wait_for_runs([f"{name}/train" for name in _TRAININGS])
        for name, shown in _PICTURES.items():
            state = {"run": f"{shown.run}/train", "layer": f"featuremaps/{shown.layer}"}
            image = picture(browser, server.url, state, shown.size, dark=shown.dark)
            image.save(options.out / name, optimize=True)


if __name__ == "__main__":
    main()
