"""What was tapped, as the series that are written."""

from collections.abc import Sequence

import keras

from tb_featuremaps.capture.heads import heads_of
from tb_featuremaps.capture.tap import ActivationTap, TappedLayer
from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.summary.capture_event import LayerSeries, OutputSeries


def layer_series(tapped: Sequence[TappedLayer]) -> list[LayerSeries]:
    """The series of the tapped layers, in their order; colliding tags are told apart."""
    taken = {names.PROBES_TAG, names.LOSSES_TAG, names.GAPS_TAG}
    series = []
    for order, layer in enumerate(tapped):
        tag = names.unique_tag(names.layer_tag(layer.name), taken)
        stats_tag = names.unique_tag(names.stats_tag(layer.name), {*taken, tag})
        mirror = names.unique_tag(names.images_tab_tag(layer.name), taken)
        taken |= {tag, stats_tag, mirror}
        payload = pb.LayerSeries(
            name=layer.name,
            class_name=layer.class_name,
            order=order,
            shape=layer.shape,
            data_format=layer.data_format,
            channels=layer.channels,
            stats_tag=stats_tag,
        )
        size = (layer.tile_height, layer.tile_width)
        series.append(LayerSeries(tag, stats_tag, mirror, payload, *size))
    return series


def output_series(
    model: keras.Model, tap: ActivationTap, class_names: Sequence[str], taken: Sequence[str] = ()
) -> list[OutputSeries]:
    """The series of the tapped outputs, in their order."""
    heads = heads_of(model, tap.output_count)
    series: list[OutputSeries] = []
    for index in tap.tapped_outputs:
        head = heads[index]
        payload = pb.OutputSeries(
            head=head.name,
            role=pb.ROLE_MAIN if head.is_main else pb.ROLE_AUXILIARY,
            weight=head.weight,
            class_names=class_names,
            order=index,
        )
        tag = names.unique_tag(names.outputs_tag(head.name), taken)
        series.append(OutputSeries(tag, payload))
    return series
