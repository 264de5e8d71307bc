"""From the weight of the real data to a weight for each row."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._base.parameters import number_in, shown
from ..workflows.weight import GOLDEN_WEIGHT, optimal_fresh_weight

WEIGHT_NAMES = ("optimal", "golden", "naive")

_ALLOWED = f"must be a number in [0, 1] or one of {', '.join(WEIGHT_NAMES)}"

_Float = npt.NDArray[np.float64]


def sample_weights(
    n_real: int, n_synthetic: int, weight: float | str = "optimal"
) -> tuple[_Float, _Float]:
    r"""Weigh each real and each synthetic row, for any ``fit(X, y, sample_weight=…)``.

    The real rows have the share w of the total weight: each of the n has
    :math:`w\,(n+m)/n`, each of the m synthetic ones :math:`(1-w)\,(n+m)/m`. The mean of all n + m
    weights is 1, so that a penalty beside the loss acts as it does on n + m rows that count the
    same. A weighted fit then minimises w · (mean loss of the real rows) + (1 − w) · (mean loss of
    the synthetic rows).

    Parameters
    ----------
    n_real
        n, the real rows; 0 or more.
    n_synthetic
        m, the synthetic rows; 0 or more.
    weight
        w: a number in [0, 1], or

        - ``"optimal"`` (default): :math:`w^* = (\sqrt{k^2 + 4k} - k)/2` with k = n/m, the constant
          weight of least risk in a loop that mixes fresh real rows with its last model's output
          (arXiv 2502.18049);
        - ``"golden"``: 1/φ = 0.618…, which is w* where n = m;
        - ``"naive"``: n/(n + m), every row the same.

    Returns
    -------
    float64[n_real], float64[n_synthetic]
        The weights of the real rows, and of the synthetic rows.

    Raises
    ------
    ValueError
        If a number is out of range or a name unknown, if there is no row at all, or no real row
        although the real data are to have a weight.

    See Also
    --------
    tune_weight : Choose the weight by cross-validation on real rows.
    heirloom.theory.optimal_schedule : The best weight for each generation.

    Notes
    -----
    Without synthetic rows every real row has weight 1, whatever w > 0 is: no other row can have the
    rest. Without real rows w must be 0, as ``"optimal"`` and ``"naive"`` are then.

    At w = 0 and w = 1 one of the arrays is zero. Some estimators count such rows nonetheless (the
    least size of a leaf, a bandwidth); leave them out before the fit.

    **When w* does not apply:**

    - *The real data are reused.* w* is for real data that are fresh at every generation. Where the
      same real rows are used again, synthetic rows of a model that was fitted on them add noise and
      no information, and the risk is least at w = 1.
    - *The generator is biased*: its rows come from another distribution than that of the model that
      was fitted. w* weighs variances alone. Choose by :func:`heirloom.tune_weight`.
    - *The first generations.* A first model of fewer than n/w* rows is worse than those of the long
      run, and the best weight is larger; of more rows, smaller. See
      :func:`heirloom.theory.optimal_schedule`.

    Examples
    --------
    >>> import heirloom as hl
    >>> real, synthetic = hl.sample_weights(100, 400)
    >>> real[:2].round(4), synthetic[:2].round(4)
    (array([1.9519, 1.9519]), array([0.762, 0.762]))
    >>> print(round(real.sum() / 500, 4))  # w*, the share of the real rows
    0.3904
    """
    n_real = _rows("n_real", n_real)
    n_synthetic = _rows("n_synthetic", n_synthetic)
    share = share_of_real(weight, n_real, n_synthetic)
    if isinstance(weight, str) and weight == "naive":
        # By the formula they would be 1 but for rounding.
        return np.ones(n_real), np.ones(n_synthetic)
    rows = n_real + n_synthetic
    return (
        np.full(n_real, share * rows / max(n_real, 1)),
        np.full(n_synthetic, (1 - share) * rows / max(n_synthetic, 1)),
    )


def share_of_real(weight: Any, n_real: int, n_synthetic: int) -> float:
    """Give the share of the total weight that the real rows have.

    Examples
    --------
    >>> share_of_real("naive", 100, 300), share_of_real(0.5, 100, 0)
    (0.25, 1.0)
    """
    if n_real == n_synthetic == 0:
        raise ValueError("n_real=0 and n_synthetic=0: there is no row to weigh; one must be more")
    asked = _asked(weight, n_real, n_synthetic)
    if n_real == 0 and asked > 0:
        raise ValueError(
            f"n_real=0: there is no real row to have the weight={shown(weight)}; give real rows, "
            "or weight=0 if the synthetic rows are to have it all"
        )
    if n_synthetic == 0 and asked == 0:
        raise ValueError(
            f"n_synthetic=0: there is no synthetic row to have the weight that weight="
            f"{shown(weight)} denies the real ones; give weight=1"
        )
    return 1.0 if n_synthetic == 0 else asked


def _asked(weight: Any, n_real: int, n_synthetic: int) -> float:
    if not isinstance(weight, str):
        return _number(weight)
    match weight:
        case "optimal":
            return optimal_fresh_weight(n_real, n_synthetic)
        case "golden":
            return GOLDEN_WEIGHT
        case "naive":
            return n_real / (n_real + n_synthetic)
        case "schedule":
            raise ValueError(
                "weight='schedule': has another weight for each generation, and the rows here are "
                "those of one; give an entry of heirloom.theory.optimal_schedule"
            )
        case _:
            raise ValueError(f"weight={shown(weight)}: {_ALLOWED}")


def _number(weight: Any) -> float:
    value = number_in(weight)
    # Not a number fails both comparisons.
    if value is None or not 0 <= value <= 1:
        raise ValueError(f"weight={shown(weight)}: {_ALLOWED}")
    return value


def _rows(name: str, rows: Any) -> int:
    if not isinstance(rows, (int, np.integer)) or isinstance(rows, bool) or rows < 0:
        raise ValueError(f"{name}={shown(rows)}: must be a whole number of rows, 0 or more")
    return int(rows)
