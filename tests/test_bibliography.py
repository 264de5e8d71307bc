import pytest

import heirloom as hl
from heirloom import models, workflows


@pytest.mark.parametrize(
    "thing",
    [
        getattr(room, name)
        for room in (workflows, models)
        for name in room.__all__
        if isinstance(getattr(getattr(room, name), "paper", None), str)
    ],
)
def test_every_paper_is_in_the_bibliography(thing):
    entry = hl.citation(thing)
    assert entry.startswith("@")
    assert thing.paper in entry
    assert entry.count("{") == entry.count("}")


def test_what_names_no_paper_is_refused():
    with pytest.raises(ValueError, match="names no paper"):
        hl.citation(3)


def test_an_unknown_key_is_refused():
    class Other:
        paper = "nobody2099"

    with pytest.raises(ValueError, match=r"'nobody2099'.*not in heirloom's bibliography"):
        hl.citation(Other())
