"""What each constraint takes and in which form, how it is worded, and how it is declared."""

import math
import pickle
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from heirloom._base.parameters import (
    Array,
    Choice,
    Constraint,
    Either,
    Flag,
    Function,
    Instance,
    Number,
    Optional,
    Precision,
    Whole,
    checked,
    checked_fields,
    constraints_of,
)

CONSTRAINTS = [
    Whole(),
    Whole(1, 32),
    Number(),
    Number(finite=False),
    Number(least=0),
    Number(above=0, most=1),
    Number(least=0, below=1),
    Number(most=3),
    Number(below=0),
    Array(axes=(1,)),
    Array(axes=(0, 1)),
    Array(axes=(1, 2), entries=Number(least=0, finite=False), empty=True),
    Choice("one", "two"),
    Flag(),
    Precision(),
    Function("of the generation"),
    Optional(Whole(1)),
    Either(Flag(), Function("of the work")),
    Either(Choice("a", "b"), Array(axes=(1,))),
]


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=repr)
def test_an_example_is_allowed_and_bad_values_are_not(constraint: Constraint) -> None:
    constraint.checked("name", constraint.example)
    reasons = [bad.reason for bad in constraint.bad_values()]
    assert len(reasons) >= 3
    for bad in constraint.bad_values():
        with pytest.raises(ValueError, match=r"^name=.*: must be ") as error:
            constraint.checked("name", bad.value)
        assert "\n" not in str(error.value)
        assert error.value.__cause__ is None
        assert error.value.__context__ is None


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=repr)
def test_a_constraint_can_be_pickled_and_compared(constraint: Constraint) -> None:
    assert pickle.loads(pickle.dumps(constraint)) == constraint


@pytest.mark.parametrize(
    ("constraint", "value", "read"),
    [
        (Whole(), np.int64(3), 3),
        (Number(), Fraction(1, 2), 0.5),
        (Number(), Decimal("0.25"), 0.25),
        (Number(), np.float32(0.5), 0.5),
        (Number(), np.array(2), 2.0),
        (Number(finite=False), math.inf, math.inf),
        (Number(least=0, most=1), 1, 1.0),
        (Flag(), np.bool_(False), False),
        (Optional(Whole(1)), None, None),
    ],
)
def test_values_are_read_as_plain_python_has_them(
    constraint: Constraint, value: object, read: object
) -> None:
    got = constraint.checked("name", value)
    assert got == read
    assert type(got) is type(read)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ([1, 2], [1.0, 2.0]),
        ((True, False), [1.0, 0.0]),
        (pd.Series([1.5, 2.0]), [1.5, 2.0]),
        (pd.Series([1, 2], dtype="Int64"), [1.0, 2.0]),
        ([Fraction(1, 4), 2], [0.25, 2.0]),
    ],
)
def test_arrays_are_read_as_floats(value: object, read: list[float]) -> None:
    got = Array(axes=(1,)).checked("name", value)
    assert got.dtype == np.float64
    assert got.tolist() == read


@pytest.mark.parametrize(
    ("constraint", "allowed"),
    [
        (Whole(1), "a whole number, 1 or more"),
        (Whole(0, 5), "a whole number, from 0 to 5"),
        (Number(), "a finite number"),
        (Number(finite=False), "a number"),
        (Number(above=0), "a finite number above 0"),
        (Number(least=0, finite=False), "a number, 0 or more"),
        (Number(above=0, below=0.5), "a number above 0 and below 0.5"),
        (Number(least=0, most=2**20), "a number from 0 to 1048576"),
        (Array(axes=(2,)), "a matrix of finite numbers"),
        (Array(axes=(0, 1), entries=Number(least=0)), "a finite number, 0 or more, or a vector of"),
        (Array(axes=(1,), entries=Number(least=0, most=1)), "a vector of numbers from 0 to 1"),
    ],
)
def test_words(constraint: Constraint, allowed: str) -> None:
    assert constraint.allowed.startswith(allowed)


def test_the_entry_at_fault_is_named() -> None:
    table = np.ones((300, 2))
    table[7, 1] = np.nan
    with pytest.raises(
        ValueError, match=r"^design=array of shape \(300, 2\), whose entry 7, 1 is nan: must be a m"
    ):
        Array(axes=(2,)).checked("design", table)


def test_an_instance_is_no_class() -> None:
    constraint = Instance(dict, "a dictionary")
    assert constraint.checked("name", {"a": 1}) == {"a": 1}
    for bad in constraint.bad_values():
        with pytest.raises(ValueError, match="must be a dictionary"):
            constraint.checked("name", bad.value)


@checked(rows=Whole(1), weight=Optional(Number(least=0, most=1)))
def share(rows, *, weight=None, other="x"):
    """Give back what arrived."""
    return rows, weight, other


def test_a_function_gets_values_as_they_are_read() -> None:
    assert share(np.int64(3), weight=1) == (3, 1.0, "x")
    assert type(share(3, weight=np.float32(0.5))[1]) is float
    assert share.__doc__ == "Give back what arrived."
    assert list(constraints_of(share)) == ["rows", "weight"]
    assert pickle.loads(pickle.dumps(share)) is share


def test_python_itself_says_what_is_missing_or_too_many() -> None:
    with pytest.raises(TypeError, match=r"share\(\) missing 1 required positional .*'rows'"):
        share()
    with pytest.raises(TypeError, match=r"share\(\) got an unexpected keyword argument 'wieght'"):
        share(1, wieght=0.5)


def test_a_declaration_of_no_argument_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="has no argument 'row' to be checked"):
        checked(row=Whole())(share)


@dataclass(frozen=True)
@checked_fields(length=Whole(1))
class Window:
    length: int
    label: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", f"last {self.length}")


@dataclass(frozen=True)
class NamedWindow(Window):
    name: str = "mine"


def test_fields_are_checked_and_stored_as_they_are_read() -> None:
    window = Window(np.int64(2))
    assert type(window.length) is int
    assert window.label == "last 2"
    assert pickle.loads(pickle.dumps(window)) == window
    for wrong in (lambda: Window(0), lambda: replace(window, length=0), lambda: NamedWindow(0)):
        with pytest.raises(ValueError, match="length=0: must be a whole number, 1 or more"):
            wrong()
