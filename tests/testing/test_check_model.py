"""Each breach of a model's contract is found, and named in one line."""

import json
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import heirloom as hl
from heirloom.laws import ErrorLaw
from heirloom.models import AcceptedRows, Fit, LabelledRows, Model, Status, SufficientModel, fitted
from heirloom.testing import ContractError, check_model


class NormalScale(Model):
    """The scale of a centred normal distribution: a model as a user writes it."""

    def __init__(self, scale: float = 1.5) -> None:
        self.scale = scale

    def truth(self):
        return np.array(self.scale)

    def sample(self, random, parameters, rows):
        return parameters[:, None] * random.normal(rows)

    def fit(self, rows, weights, start):
        return fitted(np.sqrt(np.sum(weights * rows**2, axis=1)))

    def metrics(self, parameters):
        return {"error": (parameters - self.scale) ** 2}

    def row_variance(self):
        return self.scale**2 / 2


class NormalMean(SufficientModel):
    """The mean of a normal distribution: its statistic has a law."""

    curvature = 0.0

    def truth(self):
        return np.array(2.0)

    def sample(self, random, parameters, rows):
        return parameters[:, None] + random.normal(rows)

    def statistic(self, rows, weights):
        return np.sum(weights * rows, axis=1)

    def sample_statistic(self, random, parameters, rows):
        return parameters + random.normal(1)[:, 0] / np.sqrt(rows)

    def estimate(self, statistic):
        return fitted(statistic)

    def metrics(self, parameters):
        return {"error": (parameters - 2.0) ** 2}

    def row_variance(self):
        return 1.0


class Drawing(Model):
    """The slope of a line, with responses that can be drawn in an interval."""

    draws_accepted = True

    def truth(self):
        return np.array(1.0)

    def sample(self, random, parameters, rows):
        design = random.normal(rows, 1)
        return LabelledRows(design, parameters[:, None] * design[:, :, 0] + random.normal(rows))

    def fit(self, rows, weights, start):
        x = rows.design[:, :, 0]
        return fitted(np.sum(weights * x * rows.response, axis=1) / np.sum(weights * x**2, axis=1))

    def metrics(self, parameters):
        return {"error": (parameters - 1.0) ** 2}

    def sample_accepted(self, random, parameters, rows, interval, *, by_trial, most):
        design = random.normal(rows, 1)
        low, high = interval(design.reshape(-1, 1))
        low, high = low.reshape(design.shape[:2]), high.reshape(design.shape[:2])
        tries, kept = np.full(low.shape, np.inf), np.zeros(low.shape)
        for attempt in range(1, 1000):
            response = parameters[:, None] * design[:, :, 0] + random.normal(rows)
            found = np.isinf(tries) & (low <= response) & (response <= high)
            tries[found], kept[found] = attempt, response[found]
            if np.isfinite(tries).all():
                break
        return AcceptedRows(LabelledRows(design, kept), self.tries_of(tries, by_trial))

    def tries_of(self, tries, by_trial):
        return tries


def altered(model: type[Model], **methods: Any) -> Model:
    """The model with some of its methods replaced."""
    return type("Mine", (model,), methods)()


def message(model: Model, **settings: Any) -> str:
    with pytest.raises(ContractError) as raised:
        check_model(model, **settings)
    text = str(raised.value)
    assert "\n" not in text
    assert len(text) < 500
    return text


@pytest.mark.parametrize("kind", [NormalScale, NormalMean, Drawing])
@pytest.mark.parametrize("seed", range(5))
def test_a_sound_model_passes_at_every_seed(kind: type[Model], seed: int) -> None:
    assert check_model(kind(), seed=seed) is None


def test_the_example_of_the_documentation_passes_at_other_sizes() -> None:
    check_model(NormalScale(), rows=2, replicates=2)
    check_model(NormalScale(), rows=101, replicates=33)


# ------------------------------------------------------------------------ what methods return


class Pair(NamedTuple):
    first: Any
    second: Any


def copied_sample(self, random, parameters, rows):
    return np.array(parameters)[:, None] * random.normal(rows)


def raise_in_two_lines(self, *arguments, **settings):
    raise KeyError("first line\nsecond line")


def nan_as_solved(self, rows, weights, start):
    return Fit(np.full(len(rows), np.nan), np.zeros(len(rows), np.int8))


def with_status(status: Any) -> Callable[..., Fit]:
    return lambda self, rows, weights, start: Fit(
        NormalScale.fit(self, rows, weights, start)[0], status
    )


ANSWERS = {
    "no_truth": ({"truth": lambda self: None}, "Mine.truth returned None"),
    "text": ({"truth": lambda self: np.array("a")}, "an array of numbers"),
    "infinite": ({"truth": lambda self: np.array(np.inf)}, "Mine.truth has entries that are not"),
    "changing": (
        {"truth": lambda self: np.random.default_rng().normal(size=2)},
        "Mine.truth: two calls returned different",
    ),
    "no_axis": (
        {"sample": lambda self, random, parameters, rows: random.normal(rows)[0]},
        r"Mine.sample_real returned rows of shape \(20,\); it must .* of shape \(8, 20",
    ),
    "transposed": (
        {"sample": lambda self, random, parameters, rows: random.normal(rows).T},
        r"rows of shape \(20, 8\)",
    ),
    "nothing": ({"sample": lambda self, *_: None}, "rows of shape None"),
    "other_real_rows": (
        {"sample_real": lambda self, random, rows: (random.normal(rows),)},
        "Mine.sample_real|Mine.fit: failed",
    ),
    "array": (
        {"fit": lambda self, rows, weights, start: rows.mean(axis=1)},
        "Mine.fit returned an array of float64 of shape .*; it must return a Fit of parameters and",
    ),
    "status_99": ({"fit": with_status(np.full(8, 99))}, "the status 99; it must be one of"),
    "status_of_one": ({"fit": with_status(np.zeros((), int))}, "must return a Fit"),
    "status_of_bools": ({"fit": with_status(np.zeros(8, bool))}, "must return a Fit"),
    "one_estimate": (
        {"fit": lambda self, *_: Fit(np.zeros(1), np.zeros(8, int))},
        "first axis must be that of the replicates",
    ),
    "other_form": (
        {"fit": lambda self, *_: Fit(np.zeros((8, 1)), np.zeros(8, int))},
        r"Mine.fit returned parameters of the form 1 axis, .* truth\(\) has the form 0 axes",
    ),
    "two_estimates": (
        {"fit": lambda self, *_: Fit(Pair(np.zeros(8), np.zeros(8)), np.zeros(8, int))},
        "another form than truth",
    ),
    "not_finite": ({"fit": nan_as_solved}, "not finite with the status SOLVED"),
    "unsolved": (
        {"fit": with_status(np.full(8, int(Status.SINGULAR)))},
        "0 of 8 fits of 20 rows were solved, and 2 must be .the information matrix is singular",
    ),
    "no_metrics": ({"metrics": lambda self, _: {}}, "Mine.metrics returned {}; it must return a"),
    "array_of_metrics": ({"metrics": lambda self, p: p**2}, "it must return a dictionary"),
    "sum_over_replicates": (
        {"metrics": lambda self, p: {"error": np.sum(p**2)}},
        r"for 'error'; it must be one number for each replicate, an array of shape \(8,\)",
    ),
    "text_as_metric": (
        {"metrics": lambda self, p: {"error": np.full(len(p), "a")}},
        "must be one number for each replicate",
    ),
    "nan_as_metric": (
        {"metrics": lambda self, p: {"error": np.full(len(p), np.nan)}},
        "'error' is nan where the fit was solved",
    ),
    "number_as_name": ({"metrics": lambda self, p: {1: p}}, "has the name 1; it must be text"),
    "exception": (
        {"sample": raise_in_two_lines},
        r"Mine.sample_real: failed with KeyError: 'first line\\nsecond line'",
    ),
    "in_place": ({"rows_in_place": "yes"}, "Mine.rows_in_place is 'yes'; must be True or False"),
    "at_once": ({"replicates_at_once": 2.5}, "Mine.replicates_at_once is 2.5; must be a whole"),
    "paper": ({"paper": 3}, "Mine.paper is 3; must be a key of the bibliography"),
    "curvature": ({"curvature": math.nan}, "Mine.curvature is nan; must be a number"),
    "description": ({"describe": lambda self: {}}, "under 'model'"),
    "no_json": (
        {"describe": lambda self: {"model": "Mine", "array": np.ones(2)}},
        "Mine.describe returned .*, which JSON does not hold .Object of type ndarray",
    ),
    "infinity": ({"describe": lambda self: {"model": "Mine", "scale": math.inf}}, "does not hold"),
}


@pytest.mark.parametrize(("methods", "expected"), ANSWERS.values(), ids=ANSWERS)
def test_a_wrong_answer_is_named(methods: dict[str, Any], expected: str) -> None:
    assert_found(altered(NormalScale, **methods), expected)


def assert_found(model: Model, expected: str, **settings: Any) -> None:
    with pytest.raises(ContractError, match=expected):
        check_model(model, **settings)
    message(model, **settings)


# ------------------------------------------------------------------------ writing


def write_to_rows(self, rows, weights, start):
    rows *= 2
    return NormalScale.fit(self, rows / 2, weights, start)


def write_to_weights(self, rows, weights, start):
    weights /= weights.sum(axis=1, keepdims=True)
    return NormalScale.fit(self, rows, weights, start)


def write_to_start(self, rows, weights, start):
    start = np.asarray(start)
    if start.flags.writeable:
        start += 1
    return NormalScale.fit(self, rows, weights, start)


def write_to_parameters(self, parameters):
    parameters -= self.scale
    return {"error": parameters**2}


def write_to_noise(self, random, parameters, rows):
    noise = random.normal(rows)
    noise *= parameters[:, None]
    return noise


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ({"fit": write_to_rows}, "Mine.fit: writes to what it is given, which cannot be written"),
        (
            {"fit": write_to_weights},
            "Mine.fit: writes to what it is given, which cannot be written",
        ),
        ({"fit": write_to_start}, "Mine.fit: writes to its `start`"),
        ({"metrics": write_to_parameters}, "Mine.metrics: writes to its `parameters`"),
        ({"sample": write_to_noise}, "writes to what it is given, which cannot be written to"),
    ],
)
def test_a_model_that_writes_to_what_it_is_given_is_found(
    methods: dict[str, Any], expected: str
) -> None:
    assert_found(altered(NormalScale, **methods), expected)


# ------------------------------------------------------------------------ random numbers

SHARED = np.random.default_rng(0)


def draw_from_numpy(self, random, parameters, rows):
    return parameters[:, None] * SHARED.standard_normal((len(parameters), rows))


def draw_from_a_seed(self, random, parameters, rows):
    noise = np.random.default_rng(0).standard_normal((len(parameters), rows))
    return parameters[:, None] * noise


def draw_once_for_all(self, random, parameters, rows):
    return parameters[:, None] * random.normal(rows)[:1]


def draw_from_the_generator(self, random, parameters, rows):
    noise = random.generator().standard_normal((len(parameters), rows))
    return parameters[:, None] * noise


def real_from_numpy(self, random, rows):
    return SHARED.standard_normal((random.replicates, rows))


def jittered(self, rows, weights, start):
    estimates, status = NormalScale.fit(self, rows, weights, start)
    return Fit(estimates + 1e-3 * SHARED.standard_normal(len(rows)), status)


def jittered_metrics(self, parameters):
    return {"error": parameters**2 + SHARED.random()}


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        (
            {"sample": draw_from_numpy},
            "Mine.sample: two calls with the same random numbers gave different rows; use the "
            "`random` that it is given",
        ),
        (
            {"sample_real": real_from_numpy},
            "Mine.sample_real: two calls with the same random numbers",
        ),
        ({"sample": draw_from_a_seed}, "random numbers of another key gave the same rows; use the"),
        ({"sample": draw_once_for_all}, "Mine.sample: two replicates got the same rows"),
        ({"fit": jittered}, "Mine.fit: two fits of the same rows differ"),
        ({"metrics": jittered_metrics}, "Mine.metrics: two calls with the same parameters differ"),
        ({"rows_in_place": True}, "Mine.rows_in_place is True, and no part of the rows"),
    ],
)
def test_chance_of_another_source_is_found(methods: dict[str, Any], expected: str) -> None:
    assert_found(altered(NormalScale, **methods), expected)


def test_a_generator_of_the_stream_is_as_good() -> None:
    check_model(altered(NormalScale, sample=draw_from_the_generator))


# ------------------------------------------------------------------------ replicates


def centred_together(self, random, parameters, rows):
    noise = random.normal(rows)
    return parameters[:, None] * (noise - noise.mean(axis=0))


def drawn_by_place(self, random, parameters, rows):
    return (parameters + np.arange(len(parameters)))[:, None] * random.normal(rows)


def pooled_fit(self, rows, weights, start):
    estimates, status = NormalScale.fit(self, rows, weights, start)
    return Fit(0.9 * estimates + 0.1 * estimates.mean(), status)


def first_weights(self, rows, weights, start):
    return NormalScale.fit(self, rows, np.broadcast_to(weights[0], weights.shape), start)


@pytest.mark.parametrize(
    ("methods", "method"),
    [
        ({"sample": centred_together}, "sample"),
        ({"sample": drawn_by_place}, "sample"),
        ({"fit": pooled_fit}, "fit"),
        ({"fit": first_weights}, "fit"),
        ({"metrics": lambda self, p: {"error": p - p.mean()}}, "metrics"),
    ],
)
def test_a_replicate_that_depends_on_those_beside_it_is_found(
    methods: dict[str, Any], method: str
) -> None:
    expected = f"Mine.{method}: a replicate comes out differently beside others"
    assert_found(altered(NormalScale, **methods), expected)


# ------------------------------------------------------------------------ weights


def count_all(self, rows, weights, start):
    return fitted(np.sqrt(np.mean(rows**2, axis=1)))


def never_normalised(self, rows, weights, start):
    total = np.sum(weights * rows**2, axis=1)
    return fitted(np.sqrt(total * weights.shape[1] / 20))


def largest(self, rows, weights, start):
    size = np.abs(rows).max(axis=1)
    return fitted(np.sqrt(np.sum(weights * rows**2, axis=1)) + np.where(size > 9, 1.0, 0.0))


def by_layout(self, rows, weights, start):
    once = 1.0 if weights.strides[0] else 2.0
    return fitted(np.sqrt(np.sum(weights * rows**2, axis=1)) * once)


@pytest.mark.parametrize(
    ("fit", "expected"),
    [
        (count_all, "gave another fit than these rows alone; weight each row by its entry"),
        (never_normalised, "gave another fit than these rows alone"),
        (largest, "other values in rows of weight 0 gave another fit"),
        (by_layout, "lies in memory|these rows alone|beside others"),
    ],
)
def test_a_fit_that_does_not_heed_weights_is_found(fit: Any, expected: str) -> None:
    # Weights that are not looked at are the same in every replicate.
    assert_found(altered(NormalScale, fit=fit), expected)


def test_the_maximum_of_rows_that_have_weight_heeds_them() -> None:
    check_model(hl.models.UniformMaximum())


# ------------------------------------------------------------------------ statistics

MEAN = NormalMean.sample_statistic


def never_nan(self, statistic):
    return Fit(np.nan_to_num(statistic), np.zeros(len(statistic), np.int8))


def spread_nan(self, statistic):
    return fitted(statistic + 0 * statistic.sum())


def other_fit(self, rows, weights, start):
    return fitted(0.9 * np.sum(weights * rows, axis=1))


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ({"estimate": lambda self, s: s}, "Mine.estimate returned an array .* must return a Fit"),
        ({"statistic": lambda self, r, w: np.sum(w * r)}, "Mine.statistic returned a statistic of"),
        ({"estimate": never_nan}, "Mine.estimate: a statistic that is nan in one replicate must"),
        ({"estimate": spread_nan}, "Mine.estimate: a statistic that is nan in one replicate must"),
        ({"fit": other_fit}, r"Mine.fit differs from estimate\(statistic\(rows, weights\)\)"),
        ({"mixed": lambda self, s, w: 2 * s[0]}, "of one dataset with the share 1"),
        ({"mixed": lambda self, s, w: s[0]}, "two in another order"),
        (
            {"mixed": lambda self, s, w: s[0] if len(s) == 1 else sum(s)},
            "a mixture of a dataset and itself gave another estimate",
        ),
        (
            {"mixed": lambda self, s, w: s[0] if len(s) == 1 else w[0] * s[0] + w[1] * s[1]},
            "a mixture of one that has no share gave another estimate",
        ),
        (
            {"sample_statistic": lambda self, random, p, n: p + SHARED.standard_normal(len(p))},
            "Mine.sample_statistic: two calls with the same random numbers",
        ),
        (
            {"sample_statistic": lambda self, random, p, n: MEAN(self, random, p, n) + 0.1},
            "Mine.sample_statistic: the mean of the statistic is .* standard errors from",
        ),
        (
            {"sample_statistic": lambda self, random, p, n: MEAN(self, random, p, n // 2)},
            "Mine.sample_statistic: the mean of the metric 'error' is .* standard errors from",
        ),
        (
            {"sample_real_statistic": lambda self, random, n: MEAN(self, random, 2.1, n)},
            "Mine.sample_real_statistic: the mean of the statistic is",
        ),
    ],
)
def test_a_statistic_that_is_not_what_rows_say_is_found(
    methods: dict[str, Any], expected: str
) -> None:
    assert_found(altered(NormalMean, **methods), expected)


def test_a_statistic_without_a_law_is_not_drawn() -> None:
    check_model(altered(NormalMean, has_law=False, sample_statistic=raise_in_two_lines))


# ------------------------------------------------------------------------ laws


@pytest.mark.parametrize(
    ("kind", "methods", "expected"),
    [
        (NormalMean, {"row_variance": lambda self: 1.3}, "Mine.laws: 'error' of 20 real rows is"),
        (NormalScale, {"row_variance": lambda self: 10.0}, "in the limit 0.01; correct `row_var"),
        (NormalScale, {"row_variance": lambda self: 0.3}, "in the limit 0.0003; correct `row_var"),
        (NormalScale, {"row_variance": lambda self: -1.0}, "Mine.row_variance returned -1.0; it"),
        (NormalScale, {"row_variance": lambda self: math.inf}, "Mine.row_variance returned inf"),
        (
            NormalScale,
            {"synthetic_row_variance": lambda self: "1"},
            "Mine.synthetic_row_variance returned '1'",
        ),
        (NormalScale, {"laws": lambda self: {"error": 1.0}}, "must return a dictionary from names"),
        (NormalScale, {"laws": lambda self: None}, "Mine.laws returned None"),
        (
            NormalScale,
            {"laws": lambda self: {"risk": ErrorLaw.of_mean(1.0)}},
            r"Mine.laws has \['risk'\], which `metrics` does not measure",
        ),
    ],
)
def test_a_law_that_errors_do_not_follow_is_found(
    kind: type[Model], methods: dict[str, Any], expected: str
) -> None:
    assert_found(altered(kind, **methods), expected)


# ------------------------------------------------------------------------ accepted responses

ACCEPTED = Drawing.sample_accepted


def outside(self, *arguments, **settings):
    accepted = ACCEPTED(self, *arguments, **settings)
    rows = accepted.rows._replace(response=accepted.rows.response + 3)
    return accepted._replace(rows=rows)


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ({"sample_accepted": lambda self, *_, **__: None}, "must return AcceptedRows"),
        ({"sample_accepted": outside}, "Mine.sample_accepted drew responses outside the interval"),
        (
            {"tries_of": lambda self, tries, by_trial: tries - 1},
            "tries must be whole numbers, 1 or",
        ),
        ({"tries_of": lambda self, tries, by_trial: tries[:1]}, "and tries of shape"),
        (
            {"tries_of": lambda self, tries, by_trial: tries if by_trial else 2 * tries},
            "by law are .* standard errors from those by trial",
        ),
        (
            {
                "tries_of": lambda self, tries, by_trial: (
                    tries + SHARED.integers(9, size=tries.shape)
                )
            },
            "Mine.sample_accepted: two calls with the same random numbers",
        ),
        ({"sample_accepted": raise_in_two_lines}, "Mine.sample_accepted: failed with"),
    ],
)
def test_accepted_rows_that_no_verifier_would_keep_are_found(
    methods: dict[str, Any], expected: str
) -> None:
    assert_found(altered(Drawing, **methods), expected)


# ------------------------------------------------------------------------ arguments


@pytest.mark.parametrize("settings", [{"rows": 1}, {"replicates": 1}])
def test_a_trial_that_is_too_small_is_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be a whole number, 2 or more"):
        check_model(NormalScale(), **settings)


def test_what_breaks_a_contract_is_an_assertion_that_fails() -> None:
    assert issubclass(ContractError, AssertionError)
    assert json.loads(json.dumps(NormalScale().describe()))["scale"] == 1.5


def test_a_model_without_noise_passes() -> None:
    check_model(hl.models.LinearRegression([1.0, -2.0], noise_scale=0.0))
