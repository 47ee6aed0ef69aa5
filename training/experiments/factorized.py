"""Where may Inception V3 have 1×n and n×1 convolutions?

python -m training.experiments.factorized --epochs 8 --out docs/images

Trains Inception V3 (a quarter of its width, 32 pixels, cosine schedule) as its authors have it,
with factorised convolutions on the second grid, and with those of the first grid factorised too,
with three seeds each. Prints the table of `docs/models.md` and draws its figure. Some 25 minutes
on two cores.
"""

import sys

from training.experiments.pairs import Experiment, Variant, run_experiment

EXPERIMENT = Experiment(
    "factorized",
    common=("--model=inception_v3", "--schedule=cosine", "--every=200"),
    settings=(Variant("v3", "Inception V3", ()),),
    pair=(
        Variant("early", "factorised on the first grid too", ("--factorize-early",)),
        Variant("usual", "on the second grid only", ("--no-factorize-early",)),
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Runs the experiment; returns the exit status."""
    return run_experiment(EXPERIMENT, arguments, __doc__ or "")


if __name__ == "__main__":
    sys.exit(main())
