"""Random tables: every design has full rank, whatever the order of the rows."""

from random import Random

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from heirloom.tables import (
    EncodedTable,
    encode_binary_target,
)

numbers = st.one_of(
    st.integers(-3, 3).map(float),
    st.floats(allow_nan=True, allow_infinity=True, width=64),
)
texts = st.sampled_from(["a", "b", "c", "", None])
flags = st.sampled_from([True, False])
integers = st.integers(-(2**63), 2**63 - 1)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """A table of random columns, some of which depend on others, whose last is a target."""
    rows = draw(st.integers(2, 14))

    def column(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(values, min_size=rows, max_size=rows))

    kinds = draw(st.lists(st.sampled_from([numbers, texts, flags, integers]), max_size=4))
    table = pd.DataFrame({f"x{i}": column(kind) for i, kind in enumerate(kinds)})
    small = np.array(column(st.integers(-5, 5)), dtype=float)
    table["small"] = small
    if draw(st.booleans()):
        table["sum"] = 3 * small + 1
    table["y"] = column(st.sampled_from(["no", "yes"]))
    return table


def encoded_or_refused(table: pd.DataFrame) -> EncodedTable | str:
    try:
        return encode_binary_target(table, "y")
    except ValueError as error:
        return str(error)


@given(tables())
def test_every_design_has_full_rank_and_is_finite(table: pd.DataFrame) -> None:
    encoded = encoded_or_refused(table)
    if isinstance(encoded, str):
        assert "\n" not in encoded
        return
    rows, columns = encoded.design.shape
    assert np.isfinite(encoded.design).all()
    assert np.linalg.matrix_rank(encoded.design) == columns == len(encoded.columns)
    assert encoded.response.shape == (rows,)
    assert set(encoded.response) == {0.0, 1.0}
    assert rows + encoded.rows_dropped == len(table)
    assert not set(encoded.columns) & set(encoded.dependent)


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(table: pd.DataFrame, random: Random) -> None:
    order = list(range(len(table)))
    random.shuffle(order)
    encoded = encoded_or_refused(table)
    shuffled = encoded_or_refused(table.iloc[order])
    if isinstance(encoded, str) or isinstance(shuffled, str):
        assert encoded == shuffled
        return
    assert shuffled.columns == encoded.columns
    assert shuffled.notes == encoded.notes
    ours = np.column_stack([encoded.design, encoded.response])
    theirs = np.column_stack([shuffled.design, shuffled.response])
    np.testing.assert_allclose(sorted_rows(theirs), sorted_rows(ours), atol=1e-9)


def sorted_rows(values: np.ndarray) -> np.ndarray:
    return np.array(sorted(values.round(8).tolist()))
