"""Real data that arrive at every q-th generation."""

import numpy as np
import pytest

from heirloom import theory
from heirloom.workflows import (
    Arrivals,
    AtArrivals,
    FreshMix,
    RealOnly,
    Sizes,
    Usage,
    parse,
    real,
    synthetic,
)

SIZES = Sizes.of(n_real=Arrivals(100, every=3), n_synthetic=50, generations=6)


def test_between_arrivals_the_synthetic_rows_have_all_weight() -> None:
    mixtures = FreshMix(0.6).mixtures(SIZES)
    assert [m.datasets for m in mixtures] == [
        (real(0),),
        (synthetic(1),),
        (synthetic(2),),
        (real(3), synthetic(3)),
        (synthetic(4),),
        (synthetic(5),),
        (real(6), synthetic(6)),
    ]


def test_real_data_alone_are_the_last_that_arrived() -> None:
    assert [m.datasets[0].generation for m in RealOnly().mixtures(SIZES)] == [0, 0, 0, 3, 3, 3, 6]


def test_between_arrivals_the_model_may_be_kept() -> None:
    mixtures = AtArrivals(FreshMix(0.6)).mixtures(SIZES)
    assert [m.datasets for m in mixtures] == [
        *[(real(0),)] * 3,
        *[(real(3), synthetic(3))] * 3,
        (real(6), synthetic(6)),
    ]
    assert parse("at-arrivals:fresh:0.6") == AtArrivals(FreshMix(0.6))
    workflow = AtArrivals(FreshMix(0.6))
    # A model that is kept sees no row.
    used = Usage(300, 100, 100 + 150 + 150, fits=3, needs=("fresh real data",))
    assert workflow.usage(SIZES) == workflow.lineage(SIZES).usage() == used


def test_risk_rises_between_arrivals_and_falls_with_them() -> None:
    risk = theory.relative_risk(
        "fresh:0.5", n_real=Arrivals(100, every=3), n_synthetic=100, generations=6
    )
    np.testing.assert_allclose(risk, [1, 2, 3, 1.25, 2.25, 3.25, 1.3125])


def test_the_best_weights_follow_the_arrivals() -> None:
    sizes = {"n_real": Arrivals(100, every=4), "n_synthetic": 100, "generations": 40}
    best = theory.relative_risk("fresh:schedule", **sizes)
    for weight in np.linspace(0.05, 0.95, 19):
        assert np.all(best <= theory.relative_risk(FreshMix(weight), **sizes) + 1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 2), "rows=0: must be a whole number, 1 or more"),
        ((10, 0), "every=0: must be a whole number, 1 or more"),
    ],
)
def test_what_is_no_schedule_is_refused(arguments, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Arrivals(*arguments)
