"""Numbers that stand for a missing value."""

import numpy as np
import pytest

from heirloom.tables.missing_codes import codes_in

AGES = [18, 25, 31, 47, 64, 80, 97]
RATINGS = [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("values", "certain", "possible"),
    [
        ([*AGES, -999], [-999], []),
        ([*AGES, -99], [-99], []),
        ([*AGES, -99, -98, 999], [-99, -98, 999], []),
        ([*AGES, 9999], [9999], []),
        ([*AGES, 999], [999], []),
        ([*AGES, 99], [], []),
        ([*AGES, 199], [], []),
        ([*RATINGS, 9], [], []),
        ([*RATINGS, 99], [99], []),
        ([*RATINGS, 97, 98, 99], [97, 98, 99], []),
        ([0, 1, -9], [-9], []),
        # What stands for nothing, or not surely.
        ([0, 41310, 7298, 99999], [], [99999]),
        ([-40.5, 12.0, -99], [], [-99]),
        ([-40.5, 12.0, -999], [-999], []),
        ([1, 99], [], []),
        ([1, 1, 99], [], []),
        ([0.5, 2.5, 99.5], [], []),
        ([1, 2, 1e12], [], []),
        (range(200), [], []),
        (range(-200, 0), [], []),
        ([], [], []),
    ],
)
def test_codes(values: object, certain: list[float], possible: list[float]) -> None:
    found = codes_in(np.array(values, dtype=np.float64))
    assert sorted(found.certain) == sorted(certain)
    assert list(found.possible) == possible
