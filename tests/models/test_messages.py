"""What a user is told of a wrong setting: one line, with its name, its value and what is allowed.

While tests run, every annotation is checked before the code sees an argument; users have no such
guard. So the calls below are made by one plain interpreter, and its messages are compared here.
"""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
from fractions import Fraction
import numpy as np
from heirloom.models import *

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

POSITIVE = "must be a finite number above 0"
NOT_NEGATIVE = "must be a finite number, 0 or more"
PROBABILITY = "must be a number from 0 to 1"
TRIM = "must be a number above 0 and below 0.5"
TUNING = "must be a finite number above 0"
DEGREES = "must be a finite number, 1 or more"
DISTRIBUTION = "must be one of normal, laplace, logistic, student_t"
ESTIMATOR = "must be one of mean, median, trimmed, huber"
ROWS = "must be a vector of finite numbers, 1 or more"

MESSAGES = {
    # ------------------------------------------------------------------- exponential families
    "Exponential('x')": f"mean='x': {POSITIVE}",
    "Exponential('2')": f"mean='2': {POSITIVE}",
    "Exponential(None)": f"mean=None: {POSITIVE}",
    "Exponential(True)": f"mean=True: {POSITIVE}",
    "Exponential([1.0])": f"mean=[1.0]: {POSITIVE}",
    "Exponential([[1.0, 2.0], [3.0]])": f"mean=[[1.0, 2.0], [3.0]]: {POSITIVE}",
    "Exponential(1j)": f"mean=1j: {POSITIVE}",
    "Exponential(10**400)": f"mean=1{'0' * 76}...: {POSITIVE}",
    "Exponential(np.eye(2))": f"mean=array([[1., 0.], [0., 1.]]): {POSITIVE}",
    "Poisson('x')": f"mean='x': {NOT_NEGATIVE}",
    "Gamma('x', 1)": f"mean='x': {POSITIVE}",
    "Gamma(1, 'x')": f"shape='x': {POSITIVE}",
    "NegativeBinomial(1, 'x')": f"size='x': {POSITIVE}",
    "Bernoulli('x')": f"probability='x': {PROBABILITY}",
    "Bernoulli('0.5')": f"probability='0.5': {PROBABILITY}",
    "Bernoulli(None)": f"probability=None: {PROBABILITY}",
    "Bernoulli([0.5])": f"probability=[0.5]: {PROBABILITY}",
    "Bernoulli(True)": f"probability=True: {PROBABILITY}",
    # ------------------------------------------------------------------------------- location
    "Location('student_t', degrees='x')": f"degrees='x': {DEGREES}",
    "Location('normal', degrees=None)": f"degrees=None: {DEGREES}",
    "Location('student_t', degrees=0.5)": f"degrees=0.5: {DEGREES}",
    "Location('normal', trim='a')": f"trim='a': {TRIM}",
    "Location('normal', trim=[0.1, 0.2])": f"trim=[0.1, 0.2]: {TRIM}",
    "Location('normal', tuning='a')": f"tuning='a': {TUNING}",
    "Location('normal', tuning=None)": f"tuning=None: {TUNING}",
    "Location(['normal'])": f"distribution=['normal']: {DISTRIBUTION}",
    "Location(None)": f"distribution=None: {DISTRIBUTION}",
    "Location('normal', estimator=['mean'])": f"estimator=['mean']: {ESTIMATOR}",
    "Location('normal', estimator=np.array(['mean', 'huber']))": (
        f"estimator=array(['mean', 'huber'], dtype='<U5'): {ESTIMATOR}"
    ),
    # --------------------------------------------------------------------------------- others
    "RidgeRegression([1.0], penalty='x')": f"penalty='x': {NOT_NEGATIVE}",
    "LinearRegression([1.0], design='x')": "design='x': must be a matrix of finite numbers",
    "LinearRegression('x')": "coefficients='x': must be a finite number, or a vector of them",
    "LinearRegression([1.0], noise_scale='x')": f"noise_scale='x': {NOT_NEGATIVE}",
    "LinearRegression([1.0], design=[[1.0]], resample='no')": (
        "resample='no': must be True or False"
    ),
    "LogisticRegression([1.0], design=[[1.0], [2.0]], responses=['a', 'b'])": (
        "responses=['a', 'b']: must be a vector of finite numbers"
    ),
    "LogisticRegression([1.0], penalty='x')": (f"penalty='x': {NOT_NEGATIVE}, or a vector of them"),
    "GaussianMean('x', 1.0)": "mean='x': must be a finite number, or a vector of them",
    "Gaussian([0.0], [1.0, 2.0])": (
        "covariance=[1.0, 2.0], of shape (2,): must be a finite number, or a matrix of them"
    ),
    "Categorical('ab')": "probabilities='ab': must be a vector of finite numbers, 0 or more",
    "EmpiricalCDF(3)": (
        "distribution=3: must be one of normal, uniform, exponential, laplace, logistic, or a "
        "vector of finite numbers"
    ),
    "UniformMaximum('x')": f"upper='x': {POSITIVE}",
    "uniform_maximum_error([5], upper='x')": f"upper='x': {POSITIVE}",
    "uniform_maximum_error('x')": f"rows='x': {ROWS}",
    "uniform_maximum_error([[1, 2], [3]])": f"rows=[[1, 2], [3]]: {ROWS}",
    "uniform_maximum_error(5)": f"rows=5: {ROWS}",
}

NUMBERS = {
    "float(Exponential(Fraction(1, 2)).mean)": "NO ERROR: 0.5",
    "float(Exponential(2).mean)": "NO ERROR: 2.0",
    "float(Exponential(np.float32(0.25)).mean)": "NO ERROR: 0.25",
    "float(Bernoulli(np.asarray(0.25)).probability)": "NO ERROR: 0.25",
    "Location('student_t', degrees=np.int64(5)).degrees": "NO ERROR: 5.0",
}


@pytest.fixture(scope="module")
def messages() -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        input=json.dumps([*MESSAGES, *NUMBERS]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("call", MESSAGES)
def test_message(call: str, messages: dict[str, str]) -> None:
    assert messages[call] == MESSAGES[call]
    assert "\n" not in messages[call]


@pytest.mark.parametrize("call", NUMBERS)
def test_any_kind_of_number_will_do(call: str, messages: dict[str, str]) -> None:
    assert messages[call] == NUMBERS[call]
