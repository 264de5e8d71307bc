"""What theory asks of a model, and of a verifier: the laws that they state of themselves."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from .._base.parameters import shown
from ..laws import AcceptedResponsesLaw, Law


@runtime_checkable
class HasLaws(Protocol):
    """What says by which laws its metrics go: a model."""

    def laws(self) -> Mapping[str, Law]:
        """Give the law of each metric that has one."""
        ...

    def describe(self) -> dict[str, Any]:
        """Say what it is, in a form that JSON holds."""
        ...


@runtime_checkable
class HasInterval(Protocol):
    """A verifier that accepts the responses of a row which lie in an interval."""

    def interval(self, design: Any) -> tuple[Any, Any]:
        """Give the least and the greatest response that is accepted, for each row."""
        ...

    def describe(self) -> dict[str, Any]:
        """Say what it is, in a form that JSON holds."""
        ...


@runtime_checkable
class HasAcceptedLaw(Protocol):
    """A model whose error theory can follow where responses are accepted by an interval."""

    def accepted_law(self, interval: Callable[[Any], tuple[Any, Any]]) -> AcceptedResponsesLaw:
        """Give the law of the error with such responses."""
        ...


def laws_of(model: HasLaws) -> dict[str, Law]:
    """Give the laws of a model, or raise a ValueError if it is none."""
    if isinstance(model, type) or not isinstance(model, HasLaws):
        raise ValueError(
            f"model={shown(model)}: must be a model, such as "
            "heirloom.models.Categorical([0.2, 0.8])"
        )
    return dict(model.laws())
