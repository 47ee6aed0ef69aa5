"""Plugin name, tags and versions of the on-disk format.

A tag's spelling carries no meaning: readers take a layer's or a head's name from the payload.
"""

from collections.abc import Iterable

PLUGIN_NAME = "featuremaps"
FORMAT_VERSION = 1
# Captures of a series that the viewer asks TensorBoard to keep, unless the user says otherwise.
DEFAULT_SAMPLES = 100
# What the names of our event files end with.
EVENT_FILE_SUFFIX = ".featuremaps"

PROBES_TAG = "featuremaps/probes"
LOSSES_TAG = "featuremaps/losses"
GAPS_TAG = "featuremaps/gaps"
GRADIENTS_TAG = "featuremaps/gradients"
KERNEL_GRADIENTS_TAG = "featuremaps/gradients/kernels"
UPDATES_TAG = "featuremaps/gradients/updates"
TOTAL_TAG = "loss/total"
PENALTY_TAG = "loss/penalty"

STATS_COLUMNS = ("min", "max", "mean", "std", "zeros", "nonfinite")
GAPS_COLUMNS = ("events", "from_step", "to_step")
GRADIENT_COLUMNS = ("norm", "cosine")
CHANNEL_GRADIENT_COLUMNS = ("norm", "importance")


def layer_tag(layer: str) -> str:
    """Tag of a layer's atlases."""
    return f"featuremaps/{_plain(layer)}"


def stats_tag(layer: str) -> str:
    """Tag of a layer's channel statistics."""
    return f"featuremaps/{_plain(layer)}/stats"


def channel_gradients_tag(layer: str) -> str:
    """Tag of the gradients at a layer's channels."""
    return f"featuremaps/{_plain(layer)}/gradients"


def attributions_tag(layer: str) -> str:
    """Tag of the heads' attributions to a layer's channels."""
    return f"featuremaps/{_plain(layer)}/attributions"


def images_tab_tag(layer: str) -> str:
    """Tag of the mirror under plugin `images`; a tag of a run belongs to one plugin only."""
    return f"activations/{_plain(layer)}"


def outputs_tag(head: str) -> str:
    """Tag of a head's predictions."""
    return f"featuremaps/outputs/{head}"


def loss_tag(output: str) -> str:
    """Tag of an output's loss, before its weight."""
    return f"loss/{output}"


def weighted_loss_tag(output: str) -> str:
    """Tag of an output's loss times its weight."""
    return f"loss/{output}/weighted"


def _plain(name: str) -> str:
    """The name without what TensorBoard's data server can't read back out of a picture's key."""
    return "".join("_" if letter in '"\\' or ord(letter) < 32 else letter for letter in name)


def unique_tag(tag: str, taken: Iterable[str]) -> str:
    """Returns `tag`, or `tag~2`, `tag~3`, … where a layer's name would collide with a taken tag."""
    used = set(taken)
    candidate, number = tag, 1
    while candidate in used:
        number += 1
        candidate = f"{tag}~{number}"
    return candidate
