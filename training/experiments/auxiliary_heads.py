"""Do GoogLeNet's auxiliary heads help on the embedded photos?

python -m training.experiments.auxiliary_heads --out docs/images

Trains GoogLeNet (a quarter of its width, 32 pixels, 20 epochs, cosine schedule) with the auxiliary
heads' losses weighed 0.3 and 0, with batch normalisation and with the paper's local response
normalisation, with three seeds each. A pair with one seed begins with the same weights and sees
the same batches in the same order. Prints the table of `docs/auxiliary_heads.md` and draws its
figure. Some 35 minutes on two cores.
"""

import sys

from training.experiments.pairs import Experiment, Variant, run_experiment

EXPERIMENT = Experiment(
    "auxiliary_heads",
    common=("--model=googlenet", "--schedule=cosine", "--every=200"),
    settings=(
        Variant("batch", "batch normalisation", ("--normalization=batch",)),
        Variant(
            "local_response", "local response normalisation", ("--normalization=local_response",)
        ),
    ),
    pair=(
        Variant("aux03", "with auxiliary heads", ("--aux-weight=0.3",)),
        Variant("aux0", "without", ("--aux-weight=0",)),
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Runs the experiment; returns the exit status."""
    return run_experiment(EXPERIMENT, arguments, __doc__ or "")


if __name__ == "__main__":
    sys.exit(main())
