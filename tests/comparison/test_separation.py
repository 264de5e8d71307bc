"""What is at fault where maximum likelihood has no fit."""

import numpy as np
import pandas as pd
import pytest

from heirloom.comparison.separation import reason_without_fit
from heirloom.tables import encode_binary_target, encode_class_target, encode_count_target


@pytest.fixture
def table():
    generator = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "town": ["Ely"] * 30 + ["Rye"] * 8 + ["York"] * 2,
            "x": generator.normal(size=40),
            "ill": ["no", "yes"] * 15 + ["no", "yes"] * 4 + ["no"] * 2,
        }
    )


def test_a_level_with_one_label_is_named(table):
    reason = reason_without_fit(encode_binary_target(table, "ill"))
    assert reason == "all 2 rows with town=York have ill=no"


def test_a_number_that_tells_the_labels_apart_is_named(table):
    table["fever"] = np.where(table["ill"] == "yes", 40.0, 37.0) + table["x"] / 10
    reason = reason_without_fit(encode_binary_target(table, "ill", ["fever", "x"]))
    assert reason == "fever alone tells the labels apart"


def test_columns_that_do_so_together_are_counted(table):
    z = np.random.default_rng(4).normal(size=40)
    table = table.assign(z=z, ill=np.where(table["x"] + z > 0, "yes", "no"))
    reason = reason_without_fit(encode_binary_target(table, "ill", ["x", "z"]))
    assert reason == "the 2 encoded columns together tell the labels apart, or hardly not"


def test_a_level_without_a_count_is_named_and_one_with_equal_counts_is_not(table):
    table["visits"] = np.where(table["town"] == "York", 0, np.where(table["town"] == "Rye", 2, 1))
    table.loc[0, "visits"] = 3
    reason = reason_without_fit(encode_count_target(table, "visits", ["town"]))
    assert reason == "all 2 rows with town=York have visits=0"


def test_of_several_classes_the_one_that_a_level_lacks_is_named(table):
    table["state"] = ["well", "ill", "dead", "well", "ill"] * 8
    reason = reason_without_fit(encode_class_target(table, "state", ["town"]))
    assert reason == "no row with town=York has state=dead"
    table["fever"] = np.where(table["state"] == "ill", 5.0, 0.0) + table["x"] / 10
    reason = reason_without_fit(encode_class_target(table, "state", ["fever"]))
    assert reason == "fever alone tells state=ill apart"


def test_many_are_not_all_named():
    table = pd.DataFrame({"town": [*"abcdefg", *"zz"], "ill": [0] * 7 + [0, 1]})
    reason = reason_without_fit(encode_binary_target(table, "ill", ["town"]))
    assert reason.count("the only row with") == 3
    assert reason.endswith(", and 4 more like it")
