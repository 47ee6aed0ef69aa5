"""What JAX is tracing."""

from typing import Any

import jax.core


def trace_state() -> Any:
    """What is being traced now; equal for two calls whose tensors can be used together."""
    try:
        from jax.extend.core import get_opaque_trace_state
    except ImportError:  # where older versions have it
        get_opaque_trace_state = jax.core.get_opaque_trace_state
    return get_opaque_trace_state(convention="flax")
