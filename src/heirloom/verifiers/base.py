"""What every verifier is: a verdict on each of the rows that a model made."""

import abc
import math
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, cast

import numpy as np
import numpy.typing as npt
from jaxtyping import Bool, Float

_LARGEST_SHOWN = 64


class Verdict(NamedTuple):
    """What a verifier says of some rows.

    Attributes
    ----------
    accepted
        Which rows it accepts. A row without a verdict is not accepted.
    judged
        On which rows it has a verdict at all: not where its score is not a number, say.
    """

    accepted: Bool[np.ndarray, " rows"]
    judged: Bool[np.ndarray, " rows"]


class Verifier(abc.ABC):
    """What tells which synthetic rows are kept.

    Subclass it to verify by a rule of one's own, in ordinary Python: NumPy, pandas and scikit-learn
    are fine, and nothing needs to be registered. A plain function from rows to truth values does
    where that is enough. :func:`heirloom.testing.check_verifier` holds it to this contract.

    Attributes
    ----------
    paper
        Key of a paper to cite, in the bibliography; None if there is none.

    Examples
    --------
    Synthetic responses that are not negative:

    >>> import numpy as np, heirloom as hl
    >>> class NotNegative(hl.verifiers.Verifier):
    ...     def judge(self, rows, random):
    ...         return hl.verifiers.Verdict(rows.response >= 0, np.isfinite(rows.response))
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
    def judge(self, rows: Any, random: np.random.Generator) -> Verdict:
        """Judge the rows of one dataset.

        Parameters
        ----------
        rows
            As the model's `sample` returns them, of one replicate: arrays of shape (rows, …), or a
            named tuple of such. Not to be written to.
        random
            For verdicts that have chance in them.
        """

    @property
    def by_row(self) -> bool:
        """Whether the verdict on a row depends on that row alone.

        The rows of many replicates are then judged in one call. By default False: a rule may
        compare the rows of a dataset with each other, and is shown one dataset at a time.
        """
        return False

    def candidates(self, rows: int) -> int:
        """How many rows to draw at once where so many are to be accepted.

        By default as many. A verifier that keeps a share of what it is shown needs more.
        """
        return rows

    def __repr__(self) -> str:
        settings = {k: v for k, v in self.describe().items() if k != "name"}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in settings.items())})"

    def describe(self) -> dict[str, Any]:
        """What the verifier is, in a form that JSON holds; large arrays by their shape."""
        public = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return {"name": type(self).__name__} | {n: described(v) for n, v in public.items()}


class ResponseInterval(Verifier):
    """A verifier that accepts the responses of a row of covariates that lie in an interval.

    Accepted responses can then be drawn by their law, rather than by trial.
    """

    @abc.abstractmethod
    def interval(
        self, design: Float[np.ndarray, "rows p"]
    ) -> tuple[Float[np.ndarray, " rows"], Float[np.ndarray, " rows"]]:
        """Least and greatest response that is accepted, for each row of covariates.

        None is where the least exceeds the greatest.
        """

    @property
    def by_row(self) -> bool:
        """True: an interval depends on its own row alone."""
        return True

    def judge(self, rows: Any, random: np.random.Generator) -> Verdict:
        """Compare the responses of labelled rows with their interval."""
        response = response_of(self, rows)
        low, high = self.interval(rows.design)
        judged = np.isfinite(response)
        return Verdict(judged & (response >= low) & (response <= high), judged)


def response_of(verifier: Verifier, rows: Any) -> Float[np.ndarray, " rows"]:
    """Responses of labelled rows; a ValueError if rows have none."""
    response = getattr(rows, "response", None)
    if response is None or not hasattr(rows, "design"):
        raise ValueError(
            f"verifier={type(verifier).__name__}: judges rows with covariates and a response, as "
            "those of LinearRegression or LogisticRegression; for other rows give a function"
        )
    return response


def row_count(rows: Any) -> int:
    """How many rows there are: of an array, a named tuple of such, a table or a list.

    Examples
    --------
    >>> row_count((np.zeros((3, 2)), np.zeros(3)))
    3
    """
    return row_count(cast("tuple[Any, ...]", rows)[0]) if isinstance(rows, tuple) else len(rows)


def called(function: Callable[[Any], Any], rows: Any, role: str) -> npt.NDArray[Any]:
    """What a user's function says of rows; a ValueError that says why where it fails."""
    return np.asarray(_attempted(lambda: function(rows), f"{role}={name_of(function)}"))


def checked_verdict(
    verifier: Verifier, rows: Any, count: int, random: np.random.Generator
) -> Verdict:
    """Verdict on `count` rows; a ValueError if the answer is no verdict on each."""
    answer = _attempted(lambda: verifier.judge(rows, random), f"verifier={type(verifier).__name__}")
    accepted, judged = as_verdict(verifier, answer, count)
    return Verdict(accepted & judged, judged)


def as_verdict(verifier: Verifier, answer: Any, count: int) -> Verdict:
    """What `judge` returned, as arrays; a ValueError if it is no verdict on each of the rows."""
    parts = [np.asarray(part) for part in answer] if isinstance(answer, Verdict) else []
    right = [part.shape == (count,) and part.dtype == np.bool_ for part in parts]
    if len(right) < 2 or not all(right):
        raise ValueError(
            f"verifier={type(verifier).__name__}: judge must return a Verdict, of one truth value "
            f"for each of the {count} rows in accepted and in judged"
        )
    return Verdict(*parts)


def checked_candidates(verifier: Verifier, rows: int) -> int:
    """How many rows to draw; a ValueError if the answer is no such number."""
    candidates = verifier.candidates(rows)
    if not isinstance(candidates, (int, np.integer)) or candidates < rows:
        raise ValueError(
            f"verifier={type(verifier).__name__}: candidates({rows}) is {candidates!r}; must be a "
            f"whole number, {rows} or more"
        )
    return candidates


def _attempted(call: Callable[[], Any], named: str) -> Any:
    """Call what a user wrote; a ValueError in one line that names it where it fails."""
    try:
        return call()
    except ValueError as error:
        # Ours begin with the name of what is wrong.
        if str(error).startswith(("verifier=", "function=", "classes=")):
            raise
        raise ValueError(f"{named}: failed on rows of the model: {_in_one_line(error)}") from error
    except Exception as error:
        raise ValueError(f"{named}: failed on rows of the model: {_in_one_line(error)}") from error


def _in_one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def name_of(function: object) -> str:
    """What a function is called in messages and descriptions."""
    return getattr(function, "__name__", type(function).__name__)


def described(value: Any) -> Any:
    """A setting in a form that JSON holds."""
    if isinstance(value, Verifier):
        return value.describe()
    if isinstance(value, (tuple, list)):
        return [described(part) for part in cast("tuple[Any, ...]", value)]
    if callable(value):
        return name_of(value)
    if hasattr(value, "shape"):
        large = value.size > _LARGEST_SHOWN
        return f"array of shape {tuple(value.shape)}" if large else described(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has neither infinity nor nan
    return value if isinstance(value, (int, float, str, bool, type(None))) else repr(value)
