import math

import numpy as np
import pytest

from heirloom import theory


@pytest.mark.parametrize(("m", "p"), [(10, 1), (10, 3), (5, 4)])
def test_the_drift_is_that_of_sample_covariances(m, p):
    """40,000 covariances of rows: the standard error of the mean is 0.003 to 0.01."""
    rng = np.random.default_rng(m + p)
    rows = rng.normal(size=(40_000, m, p))
    centred = rows - rows.mean(axis=1, keepdims=True)
    covariances = np.einsum("rmi,rmj->rij", centred, centred) / (m - 1)
    logarithms = np.linalg.slogdet(covariances)[1]
    z = (logarithms.mean() - theory.log_determinant_drift(m, p)) / (logarithms.std() / 200)
    assert abs(z) < 3


def test_reference_value_and_time():
    assert 51 * theory.log_determinant_drift(100, 2) == pytest.approx(-1.556835, abs=1e-6)
    time = theory.collapse_time(100, 2, factor=0.5)
    assert time == pytest.approx(2 * math.log(0.5) / theory.log_determinant_drift(100, 2))


def test_no_more_rows_than_columns_collapse_at_once():
    assert theory.log_determinant_drift(3, 3) == -math.inf
    assert theory.collapse_time(3, 3) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1,), "n_synthetic=1: must be a whole number, 2 or more"),
        ((10, 0), "dimension=0: must be a whole number, 1 or more"),
    ],
)
def test_what_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        theory.collapse_time(*arguments)


@pytest.mark.parametrize("factor", [0.0, 1.0, -1.0, math.nan])
def test_a_factor_lies_between_0_and_1(factor):
    with pytest.raises(ValueError, match=r"factor=.*: must be a number above 0 and below 1"):
        theory.collapse_time(10, factor=factor)
