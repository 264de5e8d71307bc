"""Every constraint that the package declares: bad values are refused in one clear line.

While tests run, every annotation is checked before the code sees an argument; users have no such
guard. So one plain interpreter finds the declarations and calls what they are of.
"""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import dataclasses, importlib, inspect, json, pkgutil
import heirloom
from heirloom._base.parameters import constraints_of

def declarations():
    found = {}
    for module in pkgutil.walk_packages(heirloom.__path__, "heirloom."):
        if module.name.endswith("__main__"):
            continue
        try:
            members = vars(importlib.import_module(module.name))
        except ModuleNotFoundError as error:  # an extra that is not installed
            assert not (error.name or "").startswith("heirloom"), error
            continue
        for member in members.values():
            if constraints_of(member):
                found[f"{member.__module__}.{member.__qualname__}"] = member
    return found

def called(member, constraints, name, value):
    # What is checked is checked before anything else is done, be it with `self` or with a field
    # that nothing is declared of.
    given = {other: constraint.example for other, constraint in constraints.items()}
    function = member
    if inspect.isclass(member):
        function = member if dataclasses.is_dataclass(member) else member.__init__
    for other, parameter in inspect.signature(function).parameters.items():
        plain = parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if plain and parameter.default is parameter.empty:
            given.setdefault(other, None)
    # Those before it are right, or are left at their default.
    before = list(constraints)[: list(constraints).index(name)]
    for other in before:
        if inspect.signature(function).parameters[other].default is not inspect.Parameter.empty:
            del given[other]
        elif constraints[other].example is None:
            return "not told"  # an object that no example can be given of stands before it
    try:
        function(**(given | {name: value}))
    except ValueError as error:
        return str(error)
    except BaseException as error:
        return f"NOT A ValueError: {error!r}"
    return "NO ERROR"

answers = []
for path, member in sorted(declarations().items()):
    constraints = constraints_of(member)
    for name, constraint in constraints.items():
        if constraint.example is not None:
            constraint.read(constraint.example)
        for bad in constraint.bad_values():
            message = called(member, constraints, name, bad.value)
            answers.append([path, name, bad.reason, message, constraint.allowed])
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers() -> list[list[str]]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_declarations_are_found(answers: list[list[str]]) -> None:
    declared = {path for path, *_ in answers}
    assert "heirloom.models.exponential.Exponential" in declared
    assert "heirloom.workflows.window.Window" in declared
    assert len(declared) >= 20


def test_bad_values_are_refused_in_one_line_that_names_the_argument(
    answers: list[list[str]],
) -> None:
    wrong = [
        answer
        for answer in answers
        if answer[3] != "not told"
        and not (
            answer[3].startswith(f"{answer[1]}=")
            and answer[3].endswith(f": must be {answer[4]}")
            and "\n" not in answer[3]
            and len(answer[3]) <= 300
        )
    ]
    assert wrong == []
    assert sum(answer[3] == "not told" for answer in answers) <= len(answers) / 10
