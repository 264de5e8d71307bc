"""What a user is told: one line, with the parameter, its value and what is allowed.

While tests run, every annotation is checked before the code sees an argument; users have no such
guard. So the calls below are made by one plain interpreter, and its messages are compared here.
"""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, math, sys
from fractions import Fraction
import numpy as np
from heirloom.workflows import *

sizes = Sizes.of(n_real=10, n_synthetic=10, generations=3)
no_rows = Sizes.of(n_real=0, n_synthetic=0, generations=3, n_initial=10)

def size(**given):
    return Sizes.of(**({"n_real": 10, "n_synthetic": 10, "generations": 3} | given))

def rule(answer, sizes=sizes):
    return Custom(lambda t: answer, label="mine").mixtures(sizes)

class Lawless(Workflow):
    name = "lawless"
    def __init__(self, answer):
        self.answer = answer
    def mixture(self, generation, sizes):
        return self.answer(sizes) if callable(self.answer) else self.answer

def raises(error):
    raise error

def message_of(call):
    try:
        value = eval(call)
    except ValueError as error:
        return str(error)
    except BaseException as error:
        return f"NOT A ValueError: {error!r}"
    return f"NO ERROR: {value!r}"

json.dump({call: message_of(call) for call in json.load(sys.stdin)}, sys.stdout)
"""

NAMES = "golden, optimal, naive, schedule"
WEIGHT = "must be a number in [0, 1], an array or a function of the generation, or one of " + NAMES
SIZE = "must be a number, a one-dimensional array of numbers or a function of the generation"
KNOWN = (
    "the workflows are accumulate-all, anchor, at-arrivals, augment, augment-subsample, discard, "
    "forgetting, fresh, real, subsample, window"
)
ROWS = "rows must be a whole number, 0 or more"
EXISTING = "there are real[t] and synthetic[t], t from 0 to 3"

MESSAGES = {
    # --------------------------------------------------------------- windows, subsamples, graphs
    "Window(True)": "length=True: must be a whole number, 1 or more",
    "Window('2')": "length='2': must be a whole number, 1 or more",
    "Subsample('augment', 5)": "workflow='augment': must be a workflow, such as AccumulateAll()",
    "Subsample(Augment(), 1.5)": "rows=1.5: must be a whole number, 1 or more",
    "ExponentialForgetting('0.5')": "factor='0.5': must be a number in [0, 1]",
    "ExponentialForgetting(-0.1)": "factor=-0.1: must be a number in [0, 1]",
    "Graph({'a': 'fresh:schedule', 'b': 'discard'}, sources={'a': 'b', 'b': 'b'})": (
        "workflows: 'a' has 'fresh:schedule', the best weights of a model that trains on its own "
        "output, and trains on that of b; give 'optimal', a number, or a function of the generation"
    ),
    "AtArrivals('real')": "workflow='real': must be a workflow, such as FreshMix('optimal')",
    "parse('at-arrivals')": (
        "workflow 'at-arrivals': give what is done at an arrival, such as "
        "'at-arrivals:fresh:optimal'"
    ),
    "Arrivals(10, 1.5)": "every=1.5: must be a whole number, 1 or more",
    "Arrivals(None, 1)": "rows=None: must be a whole number, 1 or more",
    "Graph(['discard'], sources={})": (
        "workflows=['discard']: must be a mapping from a model's name to its workflow, such as "
        "{'a': 'discard', 'b': 'augment'}"
    ),
    "Graph({'a': 1}, sources={'a': 'a'})": (
        "workflow=1: must be a workflow, such as Augment(), or its text"
    ),
    "Graph({'a': 'discard'}, sources={'a': 3})": (
        "sources: 'a' has 3; give the name of a model ('a'), or a mapping from names to shares"
    ),
    "Graph({'a': 'discard'}, sources=None)": (
        "sources=None: name the source of each model, 'a', and of no other"
    ),
    "Graph({'a': 'discard'}, sources={'a': {'a': 'all'}})": (
        "sources: 'a' has {'a': 'all'}; shares must be numbers, 0 or more, of sum 1"
    ),
    # ---------------------------------------------------------------------------- weights
    "FreshMix(1.5)": "weight=1.5: must lie in [0, 1]",
    "FreshMix(-1e-9)": "weight=-1e-09: must lie in [0, 1]",
    "FreshMix(math.nan)": "weight=nan: must lie in [0, 1]",
    "FreshMix(math.inf)": "weight=inf: must lie in [0, 1]",
    "FreshMix([0.5, math.nan])": "weight=[0.5, nan]: must lie in [0, 1]",
    "FreshMix([math.nan, 0.5])": "weight=[nan, 0.5]: must lie in [0, 1]",
    "FreshMix(True)": f"weight=True: {WEIGHT}",
    "FreshMix([True, False])": f"weight=[True, False]: {WEIGHT}",
    "FreshMix(None)": f"weight=None: {WEIGHT}",
    "FreshMix([])": f"weight=[]: {WEIGHT}",
    "FreshMix(['0.5'])": f"weight=['0.5']: {WEIGHT}",
    "FreshMix([[0.1, 0.2], [0.3]])": f"weight=[[0.1, 0.2], [0.3]]: {WEIGHT}",
    "FreshMix(0.5j)": f"weight=0.5j: {WEIGHT}",
    "FreshMix(np.eye(2))": f"weight=array([[1., 0.], [0., 1.]]): {WEIGHT}",
    "FreshMix('optmal')": (
        f"weight='optmal': must be a number in [0, 1] or one of {NAMES}; did you mean 'optimal'?"
    ),
    "AnchorMix('0.5')": f"weight='0.5': must be a number in [0, 1] or one of {NAMES}",
    "FreshMix([0.5, 0.5]).mixtures(sizes)": (
        "weight has 2 entries: must have 3 (generations 1 to 3) or 4 (0 to 3)"
    ),
    "FreshMix(lambda t: t / 2).mixtures(sizes)": ("weight=1.5 at generation 3: must lie in [0, 1]"),
    "FreshMix(lambda t: math.nan).mixtures(sizes)": (
        "weight: the function returned nan at generation 1; it must return a number"
    ),
    "AnchorMix(lambda t: '0.5').mixtures(sizes)": (
        "weight: the function returned '0.5' at generation 1; it must return a number"
    ),
    "AnchorMix(lambda t: None).mixtures(sizes)": (
        "weight: the function returned None at generation 1; it must return a number"
    ),
    "FreshMix('schedule').mixtures(no_rows)": (
        "n_real=0 and n_synthetic=0 at generation 1: one must be 1 or more"
    ),
    # ------------------------------------------------------------------------------- text
    "parse('fresh:optmal')": (
        "workflow 'fresh:optmal': the weight must be a number in [0, 1] or one of "
        f"{NAMES}; did you mean 'optimal'?"
    ),
    "parse('augmnt')": f"workflow 'augmnt' is not known; did you mean 'augment'? {KNOWN}",
    "parse('')": f"workflow '' is not known; {KNOWN}",
    "parse('Discard')": f"workflow 'Discard' is not known; did you mean 'discard'? {KNOWN}",
    "parse('two\\nlines')": f"workflow 'two\\nlines' is not known; {KNOWN}",
    "parse('fresh')": (
        "workflow 'fresh': give the weight of the real data, such as 'fresh:optimal' or 'fresh:0.6'"
    ),
    "parse('anchor')": (
        "workflow 'anchor': give the weight of the real data, such as 'anchor:optimal' or "
        "'anchor:0.6'"
    ),
    "parse('fresh:')": (
        f"workflow 'fresh:': the weight must be a number in [0, 1] or one of {NAMES}"
    ),
    "parse('fresh:0.5,,0.5')": (
        f"workflow 'fresh:0.5,,0.5': the weight must be a number in [0, 1] or one of {NAMES}"
    ),
    "parse('fresh:1.5')": "workflow 'fresh:1.5': weight=1.5: must lie in [0, 1]",
    "parse('fresh:nan')": "workflow 'fresh:nan': weight=nan: must lie in [0, 1]",
    "parse('fresh:0.5,2')": "workflow 'fresh:0.5,2': weight=(0.5, 2.0): must lie in [0, 1]",
    "parse('discard:3')": "workflow 'discard:3': 'discard' takes no argument",
    "parse('augment:')": "workflow 'augment:': 'augment' takes no argument",
    "parse('accumulate-all:x')": "workflow 'accumulate-all:x': 'accumulate-all' takes no argument",
    "parse('augment-subsample:replace')": (
        "workflow 'augment-subsample:replace': only ':replacement' may follow"
    ),
    "parse('real:all')": "workflow 'real:all': only ':accumulate' may follow",
    "parse('custom:f')": (
        "workflow 'custom': a rule is a Python function; use heirloom from Python"
    ),
    "as_workflow(3)": "workflow=3: must be a workflow, such as Augment(), or its text",
    "as_workflow(Augment)": (
        "workflow=<class 'heirloom.workflows.augment.Augment'>: must be a workflow, such as "
        "Augment(), or its text"
    ),
    # ------------------------------------------------------------------------------ sizes
    "size(generations=-1)": "generations=-1: must be a whole number, from 0 to 10000000",
    "size(generations=2.0)": "generations=2.0: must be a whole number, from 0 to 10000000",
    "size(generations=True)": "generations=True: must be a whole number, from 0 to 10000000",
    "size(generations='3')": "generations='3': must be a whole number, from 0 to 10000000",
    "size(n_real=-1, n_initial=1)": f"n_real=-1: {ROWS}",
    "size(n_real=2.5)": f"n_real=2.5: {ROWS}",
    "size(n_real=math.inf)": f"n_real=inf: {ROWS}",
    "size(n_real=math.nan)": f"n_real=nan: {SIZE}",
    "size(n_real=True)": f"n_real=True: {SIZE}",
    "size(n_real='10')": f"n_real='10': {SIZE}",
    "size(n_real=None)": f"n_real=None: {SIZE}",
    "size(n_real=[1, None, 2])": f"n_real=[1, None, 2]: {SIZE}",
    "size(n_synthetic=[[1, 2, 3]])": f"n_synthetic=[[1, 2, 3]]: {SIZE}",
    "size(n_synthetic=[1, -2, 3])": f"n_synthetic=-2: {ROWS}",
    "size(n_synthetic=[1, 2])": (
        "n_synthetic has 2 entries: must have 3 (generations 1 to 3) or 4 (0 to 3)"
    ),
    "size(n_synthetic=[1, 2], generations=0)": (
        "n_synthetic has 2 entries: must have 0 (generations 1 to 0) or 1 (0 to 0)"
    ),
    "size(n_synthetic=lambda t: None)": (
        "n_synthetic: the function returned None at generation 1; it must return a number"
    ),
    "size(n_synthetic=lambda t: 1.5)": f"n_synthetic=1.5: {ROWS}",
    "size(n_synthetic=10**30)": ("n_synthetic=1e+30: more rows than can be counted exactly (2^53)"),
    "size(n_initial=0)": (
        "n_initial=0: the initial real data need at least 1 row; give n_initial, the rows that "
        "generation 0 is fitted on"
    ),
    "size(n_real=[5, 5, 5])": (
        "n_initial=None: the initial real data need at least 1 row; give n_initial, the rows that "
        "generation 0 is fitted on"
    ),
    "size(n_initial=-3)": f"n_initial=-3: {ROWS}",
    "size(n_initial=math.nan)": f"n_initial=nan: {SIZE}",
    "size(n_initial=True)": "n_initial=True: must be a number of rows",
    "size(n_initial=[5])": "n_initial=[5]: must be a number of rows",
    "size(n_real=lambda t: 10 // t)": (
        "n_initial=None: its default n_real(0) fails with ZeroDivisionError('integer division or "
        "modulo by zero'); give n_initial, the rows that generation 0 is fitted on"
    ),
    "sizes.rows(real(9))": f"real[9] does not exist: {EXISTING}",
    "sizes.rows(real(0.5))": f"real[0.5] does not exist: {EXISTING}",
    "sizes.rows(Dataset('sythetic', 1))": f"sythetic[1] does not exist: {EXISTING}",
    "sizes.rows(real(-1))": f"real[-1] does not exist: {EXISTING}",
    # --------------------------------------------------------------------------- mixtures
    "Discard().mixtures(no_rows)": (
        "discard at generation 1: synthetic[1] has no rows but takes part; give n_synthetic 1 or "
        "more there, or give it share 0"
    ),
    "FreshMix(0.5).mixtures(no_rows)": (
        "fresh:0.5 at generation 1: real[1] has no rows but takes part; give n_real 1 or more "
        "there, or give it share 0"
    ),
    "rule({real(0): 0.5, synthetic(1): 0.4})": (
        "custom:mine at generation 1: shares sum to 0.9, must sum to 1; got "
        "Mixture(real[0]: 0.5, synthetic[1]: 0.4)"
    ),
    "rule({real(0): 1.5, real(1): -0.5})": (
        "custom:mine at generation 1: shares must be numbers, 0 or more; got "
        "Mixture(real[0]: 1.5, real[1]: -0.5)"
    ),
    "rule({real(0): math.nan})": (
        "custom:mine at generation 1: shares must be numbers, 0 or more; got Mixture(real[0]: nan)"
    ),
    "rule({real(0): math.inf})": (
        "custom:mine at generation 1: shares sum to inf, must sum to 1; got Mixture(real[0]: inf)"
    ),
    "rule({synthetic(2): 1.0})": (
        "custom:mine at generation 1: synthetic[2] does not exist; the datasets there are "
        "real[0…1] and synthetic[1…1]"
    ),
    "rule({synthetic(0): 1.0})": (
        "custom:mine at generation 1: synthetic[0] does not exist; the datasets there are "
        "real[0…1] and synthetic[1…1]"
    ),
    "rule({real(-1): 1.0})": (
        "custom:mine at generation 1: real[-1] does not exist; the datasets there are real[0…1] "
        "and synthetic[1…1]"
    ),
    "rule({})": (
        "custom:mine at generation 1: the rule returned {}; it must return a mapping from dataset "
        "to share, such as {real(0): 0.5, synthetic(t): 0.5}"
    ),
    "rule(None)": (
        "custom:mine at generation 1: the rule returned None; it must return a mapping from "
        "dataset to share, such as {real(0): 0.5, synthetic(t): 0.5}"
    ),
    "rule({'real': 1.0})": (
        "custom:mine at generation 1: 'real' is no dataset; name it real(t) or synthetic(t)"
    ),
    "rule({real(0): '1'})": (
        "custom:mine at generation 1: real[0] has '1'; give a share, or (share, rows)"
    ),
    "rule({real(0): True})": (
        "custom:mine at generation 1: real[0] has True; give a share, or (share, rows)"
    ),
    "rule({real(0): (1.0,)})": (
        "custom:mine at generation 1: real[0] has (1.0,); give a share, or (share, rows)"
    ),
    "rule({real(0): (1.0, 5, 5)})": (
        "custom:mine at generation 1: real[0] has (1.0, 5, 5); give a share, or (share, rows)"
    ),
    "rule({real(0): (1.0, None)})": (
        "custom:mine at generation 1: real[0] has (1.0, None); give a share, or (share, rows)"
    ),
    "rule({real(0): (1.0, 11)})": (
        "custom:mine at generation 1: 11 rows of real[0], which has 10; ask for fewer, or draw "
        "with replacement"
    ),
    "rule({real(0): (1.0, 0)})": (
        "custom:mine at generation 1: 0 rows of real[0]: must be a whole number, more than 0"
    ),
    "rule({real(0): (1.0, 2.5)})": (
        "custom:mine at generation 1: 2.5 rows of real[0]: must be a whole number, more than 0"
    ),
    "rule({real(0): (1.0, math.nan)})": (
        "custom:mine at generation 1: nan rows of real[0]: must be a whole number, more than 0"
    ),
    "rule(Mixture((real(0),), np.ones(1), np.array([math.inf]), replacement=True))": (
        "custom:mine at generation 1: inf rows of real[0]: must be a whole number, more than 0"
    ),
    "rule(Mixture((real(0), real(0)), np.full(2, 0.5), np.full(2, 10.0)))": (
        "custom:mine at generation 1: a dataset comes twice in Mixture(real[0]: 0.5, real[0]: "
        "0.5); give each one share"
    ),
    "rule(Mixture((real(0),), np.full(2, 0.5), np.full(2, 10.0)))": (
        "custom:mine at generation 1: 1 datasets, 2 shares and 2 rows; give as many of each"
    ),
    "rule(Mixture((real(0), real(1)), np.array([0.3, 0.7]), np.full(2, 5.0), pooled=True))": (
        "custom:mine at generation 1: rows drawn from a pool all count the same; shares must be "
        "in proportion to rows; got Mixture(real[0]: 0.3, real[1]: 0.7)"
    ),
    "Custom({})": (
        "rule={}: must be a function of the generation that returns a mapping from dataset to share"
    ),
    "Lawless({real(0): 1.0}).mixtures(sizes)": (
        "lawless at generation 1: mixture() returned {real[0]: 1.0}; it must return a Mixture, "
        "such as Mixture.whole({real(0): 1.0}, sizes)"
    ),
    "Lawless(lambda sizes: Mixture.whole({synthetic(9): 1.0}, sizes)).mixtures(sizes)": (
        f"synthetic[9] does not exist: {EXISTING}"
    ),
    "Lawless(lambda sizes: Mixture.whole({synthetic(2): 1.0}, sizes)).mixtures(sizes)": (
        "lawless at generation 1: synthetic[2] does not exist; the datasets there are real[0…1] "
        "and synthetic[1…1]"
    ),
}


@pytest.fixture(scope="module")
def messages() -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        input=json.dumps(list(MESSAGES)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("call", MESSAGES)
def test_message(call: str, messages: dict[str, str]) -> None:
    assert messages[call] == MESSAGES[call]


@pytest.mark.parametrize("call", MESSAGES)
def test_message_is_one_line(call: str, messages: dict[str, str]) -> None:
    assert "\n" not in messages[call]


def test_a_message_about_very_much_is_shortened() -> None:
    from heirloom._base.parameters import shown

    assert len(shown(list(range(10_000)))) == 80
    assert shown(list(range(10_000))).endswith("...")
