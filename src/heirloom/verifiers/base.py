"""What every verifier is: a verdict on each of the rows that a model made."""

import abc
import math
from collections.abc import Callable
from dataclasses import fields
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray, PyTree


class Verdict(NamedTuple):
    """What a verifier says of some rows.

    Attributes
    ----------
    accepted
        Which rows it accepts. A row without a verdict is not accepted.
    judged
        On which rows it has a verdict at all: not where its score is not a number, say.
    """

    accepted: Bool[Array, " rows"]
    judged: Bool[Array, " rows"]


class Verifier(eqx.Module):
    """What tells which synthetic rows are kept.

    Subclass it to verify by a rule of one's own: its fields are arrays and settings,
    :meth:`judge` is a pure function on JAX arrays (no Python ``if`` on their values), and nothing
    needs to be registered. A plain function from rows to truth values does where that is enough.

    Attributes
    ----------
    paper
        Key of a paper to cite, in the bibliography; None if there is none.

    Examples
    --------
    Synthetic responses that are not negative:

    >>> import jax.numpy as jnp, heirloom as hl
    >>> class NotNegative(hl.verifiers.Verifier):
    ...     def judge(self, key, rows, present):
    ...         return hl.verifiers.Verdict(rows.response >= 0, present)
    >>> trace = hl.simulate(
    ...     hl.models.LinearRegression([1.0]),
    ...     "discard",
    ...     verifier=NotNegative(),
    ...     n_real=50,
    ...     n_synthetic=50,
    ...     generations=3,
    ...     replicates=64,
    ...     seed=1,
    ... )
    >>> trace.dataset["acceptance"].round(1).values.tolist()
    [[nan, 0.5, 0.5, 0.5]]
    """

    paper: ClassVar[str | None] = None

    @abc.abstractmethod
    def judge(self, key: PRNGKeyArray, rows: PyTree, present: Bool[Array, " rows"]) -> Verdict:
        """Judge rows.

        Parameters
        ----------
        key
            For verdicts that have chance in them.
        rows
            As the model's `sample` returns them.
        present
            Which of them there are: an array may hold more rows than are to be judged, and those
            must not count where rows are judged beside each other.

        Returns
        -------
        Verdict
            On rows that are not present it may be anything.
        """

    def candidates(self, rows: int) -> int:
        """Say how many rows to draw at once where so many are to be accepted.

        By default as many. A verifier that keeps a share of what it is shown needs more.
        """
        return rows

    def describe(self) -> dict[str, Any]:
        """Say what the verifier is, in a form that JSON holds; large arrays by their shape."""
        public = (field.name for field in fields(self) if not field.name.startswith("_"))
        settings = {name: described(getattr(self, name)) for name in public}
        return {"name": type(self).__name__} | settings


class ResponseInterval(Verifier):
    """A verifier that accepts the responses of a row of covariates that lie in an interval.

    Accepted responses can then be drawn by their law, rather than by trial.
    """

    @abc.abstractmethod
    def interval(
        self, design: Float[Array, "rows p"]
    ) -> tuple[Float[Array, " rows"], Float[Array, " rows"]]:
        """Give the least and the greatest response that is accepted, for each row of covariates.

        None is where the least exceeds the greatest.
        """

    def judge(self, key: PRNGKeyArray, rows: PyTree, present: Bool[Array, " rows"]) -> Verdict:
        """Compare the responses of labelled rows with their interval."""
        response = response_of(self, rows)
        low, high = self.interval(rows.design)
        judged = jnp.isfinite(response)
        return Verdict(judged & (response >= low) & (response <= high), judged)


def response_of(verifier: Verifier, rows: PyTree) -> Float[Array, " rows"]:
    """Take the responses of labelled rows, or raise a ValueError if rows have none."""
    response = getattr(rows, "response", None)
    if response is None or not hasattr(rows, "design"):
        raise ValueError(
            f"verifier={type(verifier).__name__}: judges rows with covariates and a response, as "
            "those of LinearRegression or LogisticRegression; for other rows give a function"
        )
    return response


def called(function: Callable[[Any], Any], rows: PyTree, role: str) -> Array:
    """Call a user's function on rows, or raise a ValueError that says why it cannot be compiled."""
    return jnp.asarray(compiled(lambda: function(rows), f"{role}={_name(function)}"))


def checked_verdict(
    verifier: Verifier, key: PRNGKeyArray, rows: PyTree, present: Bool[Array, " rows"]
) -> Verdict:
    """Judge rows, or raise a ValueError if the answer is no verdict on each."""
    named = f"verifier={type(verifier).__name__}"
    verdict = compiled(lambda: verifier.judge(key, rows, present), named)
    parts = verdict if isinstance(verdict, Verdict) else ()
    right = [p.shape == present.shape and p.dtype == jnp.bool_ for p in map(jnp.asarray, parts)]
    if len(right) < 2 or not all(right):
        raise ValueError(
            f"{named}: judge must return a Verdict, of one truth value for each of the "
            f"{present.shape[0]} rows in accepted and in judged"
        )
    return verdict


def checked_candidates(verifier: Verifier, rows: int) -> int:
    """Ask how many rows to draw, or raise a ValueError if the answer is no such number."""
    candidates = verifier.candidates(rows)
    if not isinstance(candidates, int) or candidates < rows:
        raise ValueError(
            f"verifier={type(verifier).__name__}: candidates({rows}) is {candidates!r}; must be a "
            f"whole number, {rows} or more"
        )
    return candidates


def compiled(call: Callable[[], Any], named: str) -> Any:
    """Call what a user wrote, or raise a ValueError in one line that names it."""
    try:
        return call()
    except (jax.errors.JAXTypeError, jax.errors.JAXIndexError) as error:
        raise ValueError(
            f"{named}: is compiled, and so must not ask for the values of rows: use jax.numpy in "
            "place of NumPy, and jax.numpy.where in place of if or of a mask as an index"
        ) from error
    except ValueError as error:
        if "\n" not in str(error):
            raise
        raise ValueError(f"{named}: failed on rows of the model: {_in_one_line(error)}") from error
    except Exception as error:
        raise ValueError(f"{named}: failed on rows of the model: {_in_one_line(error)}") from error


def _in_one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _name(function: object) -> str:
    return getattr(function, "__name__", type(function).__name__)


def described(value: Any) -> Any:
    """Write a setting in a form that JSON holds."""
    if isinstance(value, Verifier):
        return value.describe()
    if isinstance(value, tuple):
        return [described(part) for part in value]
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    if hasattr(value, "shape"):
        if value.size > 64:
            return f"array of shape {tuple(value.shape)}"
        numbers = value.tolist()
        # JSON has no infinity.
        return numbers if isinstance(numbers, list) or math.isfinite(numbers) else str(numbers)
    return value if isinstance(value, (int, float, str, bool, type(None))) else repr(value)
