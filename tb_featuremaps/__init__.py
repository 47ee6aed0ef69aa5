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
    from tb_featuremaps.capture.map_capture import MapCapture, capture_maps
    from tb_featuremaps.report.notebook import show
    from tb_featuremaps.run_writer import RunWriter

__version__ = "0.1.0"
__all__ = [
    "FeatureMaps",
    "GradientTerms",
    "LossTerms",
    "MapCapture",
    "RunWriter",
    "Schedule",
    "capture_maps",
    "show",
]

_MODULES = {
    "FeatureMaps": "tb_featuremaps.callbacks.feature_maps",
    "GradientTerms": "tb_featuremaps.callbacks.gradient_terms",
    "LossTerms": "tb_featuremaps.callbacks.loss_terms",
    "MapCapture": "tb_featuremaps.capture.map_capture",
    "RunWriter": "tb_featuremaps.run_writer",
    "Schedule": "tb_featuremaps.callbacks.schedule",
    "capture_maps": "tb_featuremaps.capture.map_capture",
    "show": "tb_featuremaps.report.notebook",
}
_WITHOUT_KERAS = frozenset({"RunWriter", "show"})


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name not in _WITHOUT_KERAS:
        import_module("tb_featuremaps.keras_version").require_keras()
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_MODULES])
