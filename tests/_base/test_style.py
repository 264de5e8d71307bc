"""Colours and ticks that every figure shares."""

import pytest
from matplotlib.colors import to_hex

from heirloom._base.style import generation_ticks, workflow_colours


def test_a_colour_depends_on_the_workflow_alone():
    together = [
        "discard",
        "augment",
        "fresh:0.6",
        "fresh:optimal",
        "anchor:0.5",
        "window:3",
        "real",
    ]
    colours = workflow_colours(together)
    for workflow in together:
        assert workflow_colours([workflow])[workflow] == colours[workflow]
    assert len({to_hex(colour) for colour in colours.values()}) == len(together)


def test_workflows_of_one_figure_differ_where_there_are_colours_enough():
    texts = [f"window:{length}" for length in range(1, 10)]
    assert len(set(workflow_colours(texts).values())) == 9
    assert len(workflow_colours([f"window:{length}" for length in range(1, 30)])) == 29


def test_weights_are_shades_in_their_order():
    green = [workflow_colours([f"fresh:{w / 10}"])[f"fresh:{w / 10}"][1] for w in range(11)]
    assert green == sorted(green)


@pytest.mark.parametrize("last", [*range(60), 99, 100, 199, 1000, 12345])
def test_ticks_reach_from_0_to_the_horizon(last):
    ticks = generation_ticks(last)
    assert ticks[0] == 0
    assert ticks[-1] == last
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= 9
    if len(ticks) > 2:
        assert ticks[-1] - ticks[-2] >= (ticks[1] - ticks[0]) / 2
