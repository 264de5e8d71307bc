"""What a workflow says of itself holds for its own mixtures, and for no others."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

import heirloom as hl
from heirloom.workflows import (
    Augment,
    Discard,
    FreshMix,
    Mixture,
    Pool,
    RealOnly,
    Sizes,
    Workflow,
    real,
    synthetic,
)

EQUAL = {"n_real": 100, "n_synthetic": 100}


@dataclass(frozen=True)
class KeepHalf(Discard):
    """Half of the weight on the initial real data: not what its parent says of itself."""

    name = "keep-half"

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        return Mixture.whole({real(0): 0.5, synthetic(generation): 0.5}, sizes)


def test_a_subclass_with_mixtures_of_its_own_is_followed_by_the_recursion() -> None:
    """By hand: 4/3 − 1/3 · 4^−t, with the limit 4/3."""
    t = np.arange(11)
    risk = (4 - 0.25**t) / 3
    sizes = {**EQUAL, "generations": 10}
    np.testing.assert_allclose(hl.theory.relative_risk(KeepHalf(), **sizes), risk)
    found = hl.theory.long_run(KeepHalf(), **EQUAL)
    assert found.limit == pytest.approx(4 / 3)
    assert not found.exact
    assert math.isnan(hl.theory.long_run_risk(KeepHalf(), **EQUAL))
    with pytest.raises(ValueError, match="keep-half: no closed form is known"):
        hl.theory.closed_form_risk(KeepHalf(), Sizes.of(**sizes))
    (line,) = hl.rank([KeepHalf()], **sizes).workflows
    assert line.relative_risk == pytest.approx(risk[-1])
    assert line.limit == pytest.approx(4 / 3)
    assert line.needs == ("old real data",)
    predicted = hl.theory.predict(KeepHalf(), **sizes).dataset["error"].values[0]
    np.testing.assert_allclose(predicted * 100, risk)


def test_and_simulated_as_it_mixes() -> None:
    sizes = {**EQUAL, "generations": 4}
    trace = hl.simulate(hl.models.Poisson(3.0), KeepHalf(), **sizes, replicates=20_000, seed=2)
    error, se = (trace.dataset[name].values[0, -1] for name in ("error", "error_se"))
    assert abs(error - 0.03 * (4 - 0.25**4) / 3) < 4 * se


SIZES = Sizes.of(**EQUAL, generations=3)


class OfAugment(Augment):
    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        return super().mixture(generation, sizes)


class Mixes:
    """Not a workflow, but what says how to mix when it stands before one."""

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        return Mixture.whole({real(0): 1.0}, sizes)


class Mixed(Mixes, FreshMix):
    pass


class Checked(RealOnly):
    def mixtures(self, sizes: Sizes) -> tuple[Mixture, ...]:
        return super().mixtures(sizes)


class Drawn(Augment):
    """Another pool, with its mixtures: what follows from a pool is then known of it."""

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        return self.pool(sizes).mixture(generation, sizes)

    def pool(self, sizes: Sizes) -> Pool:
        return Pool(fresh=False, synthetic=True, rows=50)


@pytest.mark.parametrize("workflow", [KeepHalf(), OfAugment(), Mixed(0.5), Checked()])
def test_no_answer_of_a_parent_is_left(workflow: Workflow) -> None:
    assert workflow.pool(SIZES) is None
    assert workflow.two_sources(SIZES) is None
    assert workflow.closed_form(SIZES) is None
    assert workflow.long_run(SIZES) is None
    assert workflow.real_weight(SIZES) is None
    assert workflow.usage(SIZES) == workflow.lineage(SIZES).usage()


def test_a_class_may_answer_for_its_own_mixtures() -> None:
    class Told(KeepHalf):
        def closed_form(self, sizes: Sizes) -> np.ndarray:
            return np.ones(sizes.generations + 1)

    assert Told().closed_form(SIZES).sum() == 4
    assert Told().long_run(SIZES) is None

    class Again(Told):
        def mixture(self, generation: int, sizes: Sizes) -> Mixture:
            return Mixture.whole({real(0): 1.0}, sizes)

    assert Again().closed_form(SIZES) is None


def test_what_follows_from_a_pool_follows_another_pool() -> None:
    whole = Augment().closed_form(SIZES)
    drawn = Drawn().closed_form(SIZES)
    assert drawn is not None
    assert whole is not None
    assert np.all(drawn[1:] > whole[1:])
    risk = hl.theory.relative_risk(Drawn(), **EQUAL, generations=3)
    np.testing.assert_allclose(drawn, risk)


def test_a_subclass_that_only_has_another_name_keeps_the_answers() -> None:
    class Renamed(Discard):
        name = "renamed"

    assert hl.theory.long_run(Renamed(), **EQUAL).exact
