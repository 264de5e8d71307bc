"""What a column holds."""

import numpy as np
import pandas as pd
import pytest

from heirloom import datasets
from heirloom.tables import (
    encode_binary_target,
    kind_of_column,
    kind_of_target,
)

NUMBERS = [3.5, 1.0, 4.0, 1.5, 9.0, 2.5, 6.0, 5.0, 3.0, 5.5, 8.0, 9.5]
LETTERS = list("abcabbcabbab")


COUNTS = [0, 3, 1, 2, 0, 1, 5, 2, 1, 0, 4, 2]


def target_of(values: object) -> pd.DataFrame:
    """A table of twelve rows: a number, a category, and the target."""
    return pd.DataFrame({"x": NUMBERS, "c": LETTERS, "y": values})


class TestKinds:
    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            (COUNTS, "counts"),
            ([*map(float, COUNTS)], "counts"),
            (pd.array([pd.NA, *COUNTS[1:]], dtype="Int64"), "counts"),
            ([count + 1 for count in COUNTS], "numbers"),
            ([-count for count in COUNTS], "numbers"),
            ([20 * count for count in COUNTS], "numbers"),
            ([0, *[40 + count for count in COUNTS[1:]]], "numbers"),
            ([0, 0.5, *COUNTS[2:]], "numbers"),
            (NUMBERS, "numbers"),
            ([0, 1] * 6, "labels"),
            ([True, False] * 6, "labels"),
            ([2.5, None, 7.0] * 4, "labels"),
            (["no", "yes"] * 6, "labels"),
            (LETTERS, "categories"),
            (["1", "2", "3"] * 4, "categories"),
            ([0, 1, 2] * 4, "categories"),
            ([1, 2, 3] * 4, "categories"),
            ([0.5, 1, 1.5] * 4, "numbers"),
            (pd.Categorical([1, 2, 3] * 4), "categories"),
            ([7] * 12, "categories"),
            ([None] * 12, "categories"),
        ],
    )
    def test_of_targets(self, values: object, kind: str) -> None:
        assert kind_of_target(target_of(values), "y") == kind

    @pytest.mark.parametrize("classes", [3, 4, 10, 20])
    def test_classes_are_no_counts(self, classes: int) -> None:
        rows = 40 + 5 * np.arange(classes)
        table = pd.DataFrame({"y": np.repeat(np.arange(classes), rows)})
        assert kind_of_target(table, "y") == "categories"
        with pytest.raises(ValueError, match=r"for counts model='poisson' \(--model poisson\)"):
            encode_binary_target(table.assign(x=np.arange(len(table)) ** 2), "y")

    @pytest.mark.parametrize("mean", [0.3, 1.0, 4.0])
    def test_counts_stay_counts(self, mean: float) -> None:
        table = pd.DataFrame({"y": np.random.default_rng(1).poisson(mean, 2000)})
        assert kind_of_target(table, "y") == "counts"

    def test_digits_are_classes(self) -> None:
        assert kind_of_target(datasets.load("digits"), "digit") == "categories"

    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            (range(21), "numbers"),
            (range(20), "categories"),
            ([*range(20), None, np.inf], "categories"),
            ([f"c{i}" for i in range(30)], "categories"),
            (pd.Categorical(range(30)), "categories"),
            ([True, False], "categories"),
        ],
    )
    def test_of_columns(self, values: object, kind: str) -> None:
        assert kind_of_column(pd.DataFrame({"x": values}), "x") == kind

    def test_an_unknown_column(self) -> None:
        with pytest.raises(ValueError, match="target='z' is not a column"):
            kind_of_target(target_of(COUNTS), "z")
        with pytest.raises(ValueError, match="column='z' is not a column"):
            kind_of_column(target_of(COUNTS), "z")
