"""What counts as the same, as close and as of one mean."""

import numpy as np
import pytest

from heirloom.models import LabelledRows
from heirloom.testing.comparison_of_means import greatest_by_chance, largest_z_score
from heirloom.testing.nested_values import close, form_of, same

ROWS = LabelledRows(np.ones((2, 3, 1)), np.array([[1.0, np.nan, 3.0]] * 2))


def test_forms_are_told_in_words() -> None:
    assert form_of(ROWS) == "LabelledRows(3 axes, 2 axes)"
    assert form_of({"a": np.zeros(2), "b": None}, without=1) == "{'a': 0 axes, 'b': None}"
    assert form_of(3.0) == "0 axes"


def test_the_same_is_told_entry_by_entry() -> None:
    assert same(ROWS, LabelledRows(*map(np.copy, ROWS)))
    assert not same(ROWS, ROWS._replace(design=2 * ROWS.design))
    assert not same(ROWS, tuple(ROWS))
    assert same(np.array(["a", "b"]), np.array(["a", "b"]))
    assert not same(np.zeros(2), np.zeros(3))


def test_close_is_relative_to_the_largest_entry() -> None:
    first = np.array([1e6, 1e-3, np.inf, np.nan])
    assert close(first, first + np.array([0.1, 0.1, 0, 0]), 1e-6)
    assert not close(first, first + np.array([2.0, 0.0, 0, 0]), 1e-6)
    assert not close(first, np.array([1e6, 1e-3, -np.inf, np.nan]), 1e-6)
    assert not close(np.zeros(2), np.zeros(3), 1e-6)
    assert close(np.array(["a"]), np.array(["a"]), 1e-6)


def test_means_of_one_law_are_not_told_apart_and_others_are() -> None:
    random = np.random.default_rng(0)
    first, second = random.standard_normal((2, 4000, 50))
    limit = greatest_by_chance(first)
    assert limit == pytest.approx(6.7, abs=0.3)
    assert largest_z_score(first, second) < 5
    assert largest_z_score(first, second + 0.2) > limit


def test_what_does_not_vary_must_be_equal_to_rounding() -> None:
    assert largest_z_score(np.full(9, 0.1 + 0.2), np.full(9, 0.3)) == 0
    assert largest_z_score(np.full(9, 0.3), np.full(9, 0.31)) == np.inf


def test_squares_of_rounding_are_all_the_same() -> None:
    assert close(np.array([1e-31, 3e-32]), np.array([2e-31, 0.0]), 1e-6)
