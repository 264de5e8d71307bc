"""Theory as a trace, to be drawn on the axes of a simulation."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._base.parameters import shown
from ..laws import AcceptedResponsesLaw, ErrorLaw, Law
from ..trace import Trace
from ..workflows import Sizes, Workflow, as_workflow
from ..workflows.sizes import SizeSchedule
from .evaluation import exact_generations, expected
from .model_laws import HasAcceptedLaw, HasInterval, HasLaws, laws_of
from .verification.workflow import predict_verified

_FUNCTION = "heirloom.theory:predict"


def predict(
    workflows: Workflow | str | Sequence[Workflow | str],
    *,
    n_real: SizeSchedule,
    n_synthetic: SizeSchedule,
    generations: int,
    n_initial: int | None = None,
    model: HasLaws | None = None,
    variance: float = 1.0,
    curvature: float | None = None,
    synthetic_variance: float | None = None,
    verifier: HasInterval | None = None,
) -> Trace:
    """Predict the expected metrics of every generation.

    Parameters
    ----------
    workflows
        One or several workflows, or their texts.
    n_real, n_synthetic, generations, n_initial
        As for :func:`relative_risk`.
    model
        A model, such as :class:`heirloom.models.Gaussian`: every metric that has a law is
        predicted, under the name that :func:`heirloom.simulate` gives it, exactly where the law is
        exact at every sample size. Default: none, and one metric ``error`` by the arguments that
        follow.
    variance
        Variance of the estimator per row, summed over coordinates: the trace of the inverse Fisher
        information for maximum likelihood, Σ p(1−p) for frequencies. Default 1.
    curvature
        None (default) for the limit of large samples. A number v₂ for the law of the mean, exact at
        every sample size, in families whose variance function is v₀ + v₁μ + v₂μ²: 0 for the normal
        and the Poisson mean, −1 for frequencies and the empirical distribution function, 1 for the
        exponential mean, 1/shape for the gamma mean.
    synthetic_variance
        The same as `variance` for synthetic rows. Default: `variance`. They differ where the real
        rows do not follow the model.

    verifier
        With a `model` that is a regression on a fixed design: what accepts its synthetic responses,
        such as :class:`heirloom.verifiers.KnowledgeBall`. The metric is then ``error``, by
        :func:`heirloom.theory.predict_verified`: exact under some workflows, which it names, and
        else too low by what :func:`heirloom.theory.verified_moments` states. A cap on candidates
        is not looked at. Default: none.

    Returns
    -------
    Trace
        Dimensions workflow and generation. For each metric ``name``, ``name_exact`` says at which
        generations it is exact: as long as the law is known; from then on it is the limit of large
        samples. A metric is infinite where its expectation does not exist, and nan where theory
        knows none.

    Raises
    ------
    ValueError
        As for :func:`relative_risk`; if no workflow is given or one is given twice; if `variance`
        or `curvature` is out of range, or given beside a model; if the model has no law.

    Examples
    --------
    Frequencies of a fair coin from n = 5 rows, at the best weight for n = m = 5:

    >>> trace = predict(
    ...     "fresh:0.59629", n_real=5, n_synthetic=5, generations=200, variance=0.5, curvature=-1.0
    ... )
    >>> float(trace.dataset["error"][0, -1]) / (0.5 * 0.59629 / 5)
    1.0000...

    The mean of a collapsing covariance explodes, and its log-determinant falls (p = 2, m = 100):

    >>> import heirloom as hl
    >>> trace = predict(
    ...     "discard",
    ...     n_real=100,
    ...     n_synthetic=100,
    ...     generations=50,
    ...     model=hl.models.Gaussian([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]]),
    ... )
    >>> trace.dataset["covariance_error"][0, [0, -1]].values.round(6)
    array([0.060606, 4.998206])
    >>> trace.dataset["log_det"][0, [0, -1]].values.round(6)
    array([-0.030526, -1.556835])
    """
    sizes = Sizes.of(
        n_real=n_real, n_synthetic=n_synthetic, generations=generations, n_initial=n_initial
    )
    listed = [workflows] if isinstance(workflows, (Workflow, str)) else list(workflows)
    if not listed:
        raise ValueError("workflows=[]: give at least one, such as 'fresh:optimal'")
    resolved = [as_workflow(workflow) for workflow in listed]
    call: dict[str, Any] = {
        "workflows": resolved,
        "n_real": sizes.real,
        "n_synthetic": sizes.synthetic,
        "generations": sizes.generations,
        "model": model,
        "variance": variance,
        "curvature": curvature,
        "synthetic_variance": synthetic_variance,
        "verifier": verifier,
    }
    if verifier is not None:
        _refuse_beside_model(variance, curvature, synthetic_variance)
        law = _law_of_accepted(model, verifier)
        verified = predict_verified(
            resolved,
            law,
            n_real=n_real,
            n_synthetic=n_synthetic,
            generations=generations,
            n_initial=n_initial,
        )
        return verified.made_by(_FUNCTION, call)
    if model is None:
        laws: dict[str, Law] = {"error": _law_of_mean(variance, curvature, synthetic_variance)}
    else:
        _refuse_beside_model(variance, curvature, synthetic_variance)
        laws = laws_of(model)
        if not laws:
            raise ValueError(f"model={type(model).__name__}: theory knows no law of its metrics")
    lineages = [workflow.lineage(sizes) for workflow in resolved]
    return Trace.of(
        resolved,
        sizes,
        {name: np.stack([expected(law, of) for of in lineages]) for name, law in laws.items()},
        source="theory",
        arguments=call,
        function=_FUNCTION,
        exact={
            name: np.stack([exact_generations(law, of) for of in lineages])
            for name, law in laws.items()
        },
    )


def _law_of_accepted(model: object, verifier: HasInterval) -> AcceptedResponsesLaw:
    if isinstance(verifier, type) or not isinstance(verifier, HasInterval):
        raise ValueError(
            f"verifier={type(verifier).__name__}: theory knows verifiers that accept an "
            "interval of responses, such as heirloom.verifiers.KnowledgeBall; simulate others"
        )
    if not isinstance(model, HasAcceptedLaw) or not isinstance(model, HasLaws):
        raise ValueError(
            f"model={shown(model)}: with a verifier, theory takes "
            "heirloom.models.LinearRegression with a fixed design; simulate others"
        )
    return model.accepted_law(verifier.interval)


def _law_of_mean(
    variance: float, curvature: float | None, synthetic_variance: float | None
) -> ErrorLaw:
    if not 0 <= variance < np.inf:
        raise ValueError(f"variance={variance!r}: must be 0 or more, and finite")
    if synthetic_variance is not None and not 0 <= synthetic_variance < np.inf:
        raise ValueError(
            f"synthetic_variance={synthetic_variance!r}: must be 0 or more, and finite"
        )
    if variance == 0 and synthetic_variance:
        raise ValueError("variance=0.0 with a synthetic_variance that is not 0: give both")
    ratio = synthetic_variance / variance if synthetic_variance is not None and variance else 1.0
    return ErrorLaw.of_mean(variance, curvature=curvature, synthetic_ratio=ratio)


def _refuse_beside_model(
    variance: float, curvature: float | None, synthetic_variance: float | None
) -> None:
    if variance != 1.0 or curvature is not None or synthetic_variance is not None:
        raise ValueError(
            "variance, curvature and synthetic_variance are the model's own: give them or a model"
        )
