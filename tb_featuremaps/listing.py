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
        for place, series in run["gradients"].items():
            if series is not None:
                terms = ", ".join(series["terms"])
                yield f"  gradients at {place} of {terms}: {_captures(series['steps'])}"
        attributed = run["attributions"]
        if attributed:
            heads = ", ".join(
                dict.fromkeys(head for layer in attributed for head in layer["heads"])
            )
            steps = sorted({step for layer in attributed for step in layer["steps"]})
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
            {"layer": layer, "heads": list(series.heads), "steps": series.values.steps.tolist()}
            for layer, series in logs.attributions(run).items()
        ],
    }


def _gradients(logged: LoggedGradients) -> dict[str, Any]:
    """By place; None where none were logged."""
    return {
        place: series
        and {
            "layers": list(series.layers),
            "terms": list(series.terms),
            "steps": series.values.steps.tolist(),
        }
        for place, series in (("activations", logged.activations), ("kernels", logged.kernels))
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
