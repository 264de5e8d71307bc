"""How plans and rankings show themselves."""

import re

import pytest

import heirloom as hl
from heirloom.planning import Plan, Ranking
from heirloom.workflows.short_text import short_text

EQUAL = {"n_real": 100, "n_synthetic": 100}
COSTS = {"cost_real": 1.0, "cost_trained": 0.1}


def row_of(text: str, workflow: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(workflow))


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
@pytest.mark.parametrize("costs", [{}, COSTS])
def test_no_width_clips_a_number(width: int, costs: dict[str, float]) -> None:
    made = hl.plan(**EQUAL, keep=False, **costs)
    text = made.to_text(width)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    for line in made.workflows:
        shown = row_of(text, short_text(line.workflow.text))
        assert f"{line.relative_risk:.4g} " in shown
    assert "the initial real rows" in text


def test_a_pipe_gets_everything_in_whole_lines() -> None:
    line = row_of(hl.plan(**EQUAL).to_text(), "augment ")
    assert "23,100" in line
    assert line.endswith("4.76 % the initial real rows, 95.2 % all synthetic rows so far")


def test_what_the_user_cannot_have_stands_last_and_is_marked_by_words() -> None:
    rows = hl.plan(**EQUAL, keep=False).to_text().splitlines()[3:13]
    assert rows[0].startswith("fresh:0.618")
    assert "use this" in rows[0]
    assert ["needs old data" in row for row in rows] == [False] * 5 + [True] * 5
    named = hl.plan(**EQUAL, fresh=False, workflows=["fresh:0.5", "discard"])
    assert "needs fresh data" in row_of(str(named), "fresh:0.5")


def test_no_sentence_has_a_number_of_seventeen_digits() -> None:
    made = hl.plan(n_real=100, n_synthetic=57, **COSTS, verifier_bias=0.1, verifier_radius=0.3)
    assert not re.search(r"\d\.\d{7}", made.to_text(80))


def test_what_is_said_to_be_below_every_weighting_is() -> None:
    """0.659 is the risk of the constant weight; that of the schedule is 0.524."""
    made = hl.plan(n_real=100, n_synthetic=1000, generations=1, keep=True)
    assert "no weighting of the last batch has less than 0.524" in made.advice[0]
    assert "after 1 generation;" in made.advice[0]


def test_a_tie_does_not_depend_on_the_ninth_digit() -> None:
    made = hl.plan(**EQUAL, keep=False, **COSTS)
    front = {line.workflow.text[:11] for line in made.workflows if line.efficient}
    assert {"fresh:0.618", "fresh:sched"} <= front


def test_the_picture_of_the_front_leaves_out_what_is_not_possible() -> None:
    def drawn(made: Plan) -> set[str]:
        legend = made.ranking.plot().get_legend()
        return {text.get_text() for text in legend.get_texts()}

    without = drawn(hl.plan(**EQUAL, keep=False, **COSTS))
    assert "discard" in without
    assert "real:accumulate" not in without
    # Where nothing is said of old data, nothing is impossible.
    assert "real:accumulate" in drawn(hl.plan(**EQUAL, **COSTS))
    nothing = hl.plan(**EQUAL, keep=False, workflows=["augment"], **COSTS)
    assert "augment" in drawn(nothing)


def test_frames_have_the_numbers_as_they_are() -> None:
    made = hl.plan(**EQUAL, **COSTS)
    frame = made.to_frame().set_index("workflow")
    for line in made.workflows:
        assert frame.loc[line.workflow.text, "relative_risk"] == line.relative_risk
    assert frame.loc["discard", "limit"] == float("inf")


@pytest.mark.parametrize("result", [hl.plan(**EQUAL), hl.rank(["discard", "augment"], **EQUAL)])
def test_results_print_and_show_their_table(result: Plan | Ranking) -> None:
    assert "collapses" in str(result)
    assert "Plan(" not in repr(result)
    assert "<td" in result._repr_html_()
    assert "discard" in result.to_frame()["workflow"].tolist()


def test_a_plan_is_saved_whole(tmp_path) -> None:
    made = hl.plan(**EQUAL, **COSTS)
    made.save(tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["plan.csv", "plan.json", "plan.png", "trace.nc"]


def test_a_phrase_is_of_a_generation_at_which_real_rows_arrive() -> None:
    frame = hl.plan(**EQUAL, every=4, generations=9).to_frame().set_index("workflow")
    assert frame.loc["real:accumulate", "trains_on"] == "all real rows so far"
    kept = frame.loc["at-arrivals:fresh:optimal", "trains_on"]
    assert kept == "61.8 % fresh real rows, 38.2 % the last model's synthetic rows"
