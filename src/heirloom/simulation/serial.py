"""Programs that must not run beside themselves."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Any

import jax
import jax.numpy as jnp

from ..models import Model, SufficientModel
from ..verifiers import Selection

# Batches of these, called by two threads at once, wait for each other for ever on XLA's processor
# backend (seen with jaxlib 0.10): each occupies the few workers that the other needs.
_LAPACK = frozenset(
    {
        *("cholesky", "cholesky_update", "eig", "eigh", "geqp3", "geqrf", "hessenberg"),
        *("householder_product", "lu", "ormqr", "schur", "svd", "triangular_solve", "tridiagonal"),
        "tridiagonal_solve",
    }
)
_LOCK = Lock()


def turn(alone: bool) -> AbstractContextManager[Any]:
    """Wait for the turn of a program that must run `alone` in its process; others need not wait."""
    return _LOCK if alone else nullcontext()


def calls_lapack(model: Model, selection: Selection | None = None) -> bool:
    """Tell whether a model's methods, or a verifier, call linear algebra that XLA leaves to LAPACK.

    Parameters
    ----------
    model
        Its methods are traced, not run.
    selection
        The verifier, where there is one: likewise.
    """

    def generation(key: jax.Array) -> Any:
        truth = model.truth()
        real, rows = model.sample_real(key, 2), model.sample(key, truth, 2)
        fit = model.fit(rows, jnp.full(2, 0.5), truth)
        drawn = None
        if isinstance(model, SufficientModel) and model.has_law:
            count = jnp.asarray(2)
            drawn = model.sample_statistic(key, truth, count)
            drawn = drawn, model.sample_real_statistic(key, count), model.estimate(drawn)
        verdict = None
        if selection is not None:
            verdict = selection.verifier.judge(key, rows, jnp.ones(2, bool))
        return real, fit, drawn, verdict, model.metrics(fit.parameters)

    program = jax.make_jaxpr(generation)(jax.random.key(0))
    return jax.default_backend() == "cpu" and not _LAPACK.isdisjoint(_primitives(program.jaxpr))


def _primitives(program: Any) -> Iterator[str]:
    for equation in program.eqns:
        yield equation.primitive.name
        for inner in jax.tree.leaves(list(equation.params.values()), is_leaf=_is_program):
            if _is_program(inner):
                yield from _primitives(getattr(inner, "jaxpr", inner))


def _is_program(value: Any) -> bool:
    return hasattr(value, "eqns") or hasattr(getattr(value, "jaxpr", None), "eqns")
