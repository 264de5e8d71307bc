"""What replicates share in memory is handed to kernels once."""

import numpy as np

from heirloom._base.kernel_arrays import distinct_rows, kernel_rows


def test_weights_that_replicates_share_are_a_single_row() -> None:
    shared = np.broadcast_to(np.full(20, 0.05), (4, 20))
    assert distinct_rows(shared).shape == (1, 20)
    assert distinct_rows(shared.copy()).shape == (4, 20)
    assert distinct_rows(shared.astype(np.float32)).dtype == np.float64


def test_kernels_get_contiguous_rows_that_they_cannot_write_to() -> None:
    columns = np.arange(12.0).reshape(3, 4).T
    rows = kernel_rows(columns)
    assert rows.flags.c_contiguous
    assert not rows.flags.writeable
    assert columns.flags.writeable
