"""Feature maps of Keras models in TensorBoard, while they train.

`import tb_featuremaps` imports neither TensorFlow nor Keras: the public names load at first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tb_featuremaps.callbacks.feature_maps import FeatureMaps
    from tb_featuremaps.callbacks.gradient_terms import GradientTerms
    from tb_featuremaps.callbacks.loss_terms import LossTerms
    from tb_featuremaps.callbacks.schedule import Schedule

__version__ = "0.1.0"
__all__ = ["FeatureMaps", "GradientTerms", "LossTerms", "Schedule"]

_MODULES = {
    "FeatureMaps": "tb_featuremaps.callbacks.feature_maps",
    "GradientTerms": "tb_featuremaps.callbacks.gradient_terms",
    "LossTerms": "tb_featuremaps.callbacks.loss_terms",
    "Schedule": "tb_featuremaps.callbacks.schedule",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULES])
