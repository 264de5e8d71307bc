import math

import pytest

from heirloom.papers import Check


def check(
    relation: str, expected: float, got: float, se: float = math.nan, tolerance: float = 0.0
) -> Check:
    return Check("name", relation, expected, "theory", got, se, tolerance)


@pytest.mark.parametrize(
    ("relation", "got", "se", "tolerance", "passed"),
    [
        ("=", 1.39, 0.1, 0.0, True),
        ("=", 1.41, 0.1, 0.0, False),
        ("=", 0.59, 0.1, 0.0, False),
        ("=", 1.41, 0.1, 0.02, True),
        ("=", 1.01, math.nan, 0.0, False),
        ("=", 1.0, math.nan, 0.0, True),
        (">=", 5.0, 0.1, 0.0, True),
        (">=", 0.61, 0.1, 0.0, True),
        (">=", 0.59, 0.1, 0.0, False),
        ("<=", 0.0, 0.1, 0.0, True),
        ("<=", 1.41, 0.1, 0.0, False),
        (">=", math.inf, math.nan, 0.0, False),
        ("=", math.nan, 0.1, 0.0, False),
        ("=", math.inf, 0.1, 0.0, False),
        ("=", 1.0, math.inf, 0.0, True),
    ],
)
def test_a_check_allows_four_standard_errors_and_the_tolerance(
    relation, got, se, tolerance, passed
):
    assert check(relation, 1.0, got, se, tolerance).passed is passed


def test_infinite_where_infinite_is_expected_passes():
    assert check("=", math.inf, math.inf).passed


def test_json_has_no_number_that_json_lacks():
    line = check(">=", math.inf, math.nan).to_json()
    assert line["expected"] is None
    assert line["got"] is None
    assert line["se"] is None
    assert line["pass"] is False
