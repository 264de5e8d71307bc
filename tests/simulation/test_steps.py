"""Workflows as steps: when datasets are born and forgotten, and which workflows run together."""

import numpy as np

from heirloom.simulation.steps import MixtureStep, PoolStep, group_workflows
from heirloom.workflows import Custom, Graph, Sizes, as_workflow, real, synthetic

SIZES = Sizes.of(n_real=6, n_synthetic=4, generations=5)


def _groups(*workflows):
    return group_workflows([as_workflow(workflow) for workflow in workflows], SIZES)


def test_datasets_live_from_their_birth_to_their_last_use():
    (group,) = _groups("window:2")
    held = set()
    for step in group.chains[0].steps:
        assert isinstance(step, MixtureStep)
        held |= set(step.born)
        assert set(step.mixture.datasets) <= held
        held -= set(step.forgotten)
    assert not held
    assert group.chains[0].most_datasets_held() == 2
    assert group.chains[0].most_rows_held(SIZES) == 10  # real[0] and synthetic[1]


def test_a_pool_is_one_dataset_however_much_joins_it():
    (group,) = _groups("augment")
    (chain,) = group.chains
    assert all(isinstance(step, PoolStep) for step in chain.steps)
    assert chain.most_datasets_held() == 2
    assert chain.most_rows_held(SIZES) == 26
    np.testing.assert_array_equal(chain.rows_fitted(SIZES), [6, 10, 14, 18, 22, 26])


def test_workflows_of_one_form_run_side_by_side():
    groups = _groups("fresh:0.1", "augment-subsample", "augment", "discard", "real")
    assert [group.members for group in groups] == [(0, 2, 3, 4), (1,)]
    assert [group.draws for group in groups] == [False, True]


def test_models_of_a_graph_share_one_chain():
    pair = Graph({"a": "discard", "b": "fresh:0.5"}, sources={"a": "b", "b": "a"})
    (group,) = _groups(*pair.members)
    (chain,) = group.chains
    assert chain.members == (0, 1)
    assert len(chain.steps) == 12
    assert [reported.tolist() for reported in chain.reported] == [
        [0, 2, 4, 6, 8, 10],
        [1, 3, 5, 7, 9, 11],
    ]


def test_workflows_that_differ_in_shares_alone_are_different_chains():
    def first(t):
        return {real(0): 0.5, synthetic(t): 0.5}

    (group,) = _groups(Custom(first), "anchor:0.5", "anchor:0.4")
    assert [chain.members for chain in group.chains] == [(0, 1), (2,)]
