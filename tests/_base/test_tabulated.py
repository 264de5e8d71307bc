"""Results that show themselves."""

import os
import sys

from heirloom._base import tabulated
from heirloom._base.result_table import Column, ResultTable
from heirloom._base.tabulated import Tabulated


class Answer(Tabulated):
    def table(self) -> ResultTable:
        return ResultTable("What is asked", (Column("a", "answer"),), ((42,),), ("So be it " * 9,))


def test_a_pipe_gets_whole_lines():
    assert str(Answer()).splitlines()[-1].endswith("So be it So be it ")


def test_a_terminal_gets_lines_of_its_width(monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(tabulated.shutil, "get_terminal_size", lambda: os.terminal_size((30, 24)))
    assert max(map(len, repr(Answer()).splitlines())) <= 30


def test_frame_text_and_html_are_of_one_table():
    answer = Answer()
    assert answer.to_frame()["a"].tolist() == [42]
    assert answer.to_text() == answer.table().to_text()
    assert "<td" in answer._repr_html_()
