"""What `tb-featuremaps list` shows."""

from collections.abc import Iterator
from typing import Any

from tb_featuremaps.reader import LoggedGradients, LoggedRuns


def list_as_values(logs: LoggedRuns) -> dict[str, Any]:
    """The runs with their layers, heads, loss terms and gradients, as JSON takes it."""
    return {"runs": [_run(logs, run) for run in logs.runs()]}


def list_as_text(values: dict[str, Any]) -> Iterator[str]:
    """The lines of the same, in short."""
    if not values["runs"]:
        yield "No feature maps or loss terms here."
    for run in values["runs"]:
        yield run["run"]
        for layer in run["layers"]:
            yield f"  {layer['name']}: {_captures(layer['steps'])}"
        for output in run["outputs"]:
            yield f"  output {output['name']}: {_captures(output['steps'])}"
        for place, one in run["gradients"].items():
            if one is not None:
                terms = ", ".join(one["terms"])
                yield f"  gradients at {place} of {terms}: {_captures(one['steps'])}"
        attributed = run["attributions"]
        if attributed:
            heads = ", ".join(dict.fromkeys(head for one in attributed for head in one["heads"]))
            steps = sorted({step for one in attributed for step in one["steps"]})
            yield f"  attributions of {heads}, {len(attributed)} layers: {_captures(steps)}"
        if run["losses"]:
            yield f"  losses: {', '.join(run['losses'])}"


def _captures(steps: list[int]) -> str:
    if len(steps) == 1:
        return f"1 capture, step {steps[0]}"
    between = f", steps {steps[0]} to {steps[-1]}" if steps else ""
    return f"{len(steps)} captures{between}"


def _run(logs: LoggedRuns, run: str) -> dict[str, Any]:
    return {
        "run": run,
        "layers": [_layer(logs, run, name) for name in logs.layers(run)],
        "outputs": [
            {
                "name": output.name,
                "role": output.role,
                "class_names": list(output.class_names),
                "steps": output.values.steps.tolist(),
            }
            for output in logs.outputs(run)
        ],
        "losses": logs.loss_terms(run),
        "gradients": _gradients(logs.gradients(run)),
        "attributions": [
            {"layer": layer, "heads": list(one.heads), "steps": one.values.steps.tolist()}
            for layer, one in logs.attributions(run).items()
        ],
    }


def _gradients(logged: LoggedGradients) -> dict[str, Any]:
    """By place; None where none were logged."""
    return {
        place: one
        and {
            "layers": list(one.layers),
            "terms": list(one.terms),
            "steps": one.values.steps.tolist(),
        }
        for place, one in (("activations", logged.activations), ("kernels", logged.kernels))
    }


def _layer(logs: LoggedRuns, run: str, name: str) -> dict[str, Any]:
    layer = logs.layer(run, name)
    return {
        "name": name,
        "class_name": layer.class_name,
        "shape": list(layer.shape),
        "data_format": layer.data_format,
        "channels": layer.channels,
        "steps": logs.steps(run, name),
    }
