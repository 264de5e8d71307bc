import numpy as np

from heirloom.models import Status
from heirloom.simulation import Paths
from heirloom.trace import QUANTILES

RNG = np.random.default_rng(0)


def _paths():
    values = RNG.exponential(size=(2, 50, 3))
    status = np.zeros(values.shape, dtype=np.int8)
    status[0, :5, 1:] = Status.SEPARABLE
    status[0, 5:7, 2] = Status.NOT_CONVERGED
    status[1, :, 2] = Status.SINGULAR
    values[status != Status.SOLVED] = np.nan
    return Paths({"error": values.astype(np.float32)}, status)


def test_summaries_are_over_the_replicates_with_an_answer():
    paths = _paths()
    left = paths.metrics["error"][0, 7:, 2].astype(np.float64)
    np.testing.assert_allclose(paths.means()["error"][0, 2], left.mean())
    standard_error = left.std(ddof=1) / np.sqrt(43)
    np.testing.assert_allclose(paths.standard_errors()["error"][0, 2], standard_error)
    np.testing.assert_allclose(paths.quantiles()["error"][0, 2], np.quantile(left, QUANTILES))


def test_failures_are_counted_and_named():
    paths = _paths()
    np.testing.assert_allclose(paths.failed(), [[0, 0.1, 0.14], [0, 0, 1]])
    assert paths.failures() == [{"SEPARABLE": 0.1, "NOT_CONVERGED": 0.04}, {"SINGULAR": 1.0}]


def test_without_any_answer_there_is_nan_and_no_warning():
    paths = _paths()
    for summary in (paths.means(), paths.standard_errors(), paths.quantiles()):
        assert np.all(np.isnan(summary["error"][1, 2]))


def test_one_replicate_has_no_standard_error():
    paths = Paths({"error": np.ones((1, 1, 2))}, np.zeros((1, 1, 2), dtype=np.int8))
    assert np.all(np.isnan(paths.standard_errors()["error"]))
    np.testing.assert_array_equal(paths.means()["error"], 1)
