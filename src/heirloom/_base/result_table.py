"""The table of a result, stated once: a frame, text and HTML are made from it."""

import math
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# Characters between columns.
_GAP = 2

# Numbers below it are written without an exponent.
_LARGE = 1e6


@dataclass(frozen=True)
class Column:
    """One column of a result.

    Attributes
    ----------
    name
        What a data frame calls it.
    heading
        What people read above it; may be empty.
    format
        How a value is written: a format specification for numbers, such as ``".4g"``, or a function
        from the value to its text. None and nan are written "none", infinity "infinite", truth
        values "yes" and "no", and text as it is, but for a function, which is given all of them.
    """

    name: str
    heading: str
    format: str | Callable[[Any], str] = ""

    def text(self, value: Any) -> str:
        """Write a value of this column."""
        if not isinstance(self.format, str):
            return self.format(value)
        if isinstance(value, str):
            return value
        if value is None or value != value:
            return "none"
        if value is True or value is False:
            return "yes" if value else "no"
        return number_text(value, self.format)


@dataclass(frozen=True)
class ResultTable:
    """What a result shows of itself.

    Attributes
    ----------
    title
        A sentence above the table; may be empty.
    columns
        The columns, from the left.
    rows
        The values of each row, as they are, one for each column.
    notes
        Sentences below it.

    Raises
    ------
    ValueError
        If a row has another number of values than there are columns.

    Examples
    --------
    >>> table = ResultTable(
    ...     "Risk after 20 generations",
    ...     (Column("workflow", "workflow"), Column("risk", "risk", ".4g")),
    ...     (("fresh:optimal", 1.0), ("discard", 21.0), ("augment", float("inf"))),
    ...     ("Use: fresh:optimal",),
    ... )
    >>> print(table.to_text())
    Risk after 20 generations
    <BLANKLINE>
    workflow           risk
    fresh:optimal         1
    discard              21
    augment        infinite
    <BLANKLINE>
    - Use: fresh:optimal
    >>> table.to_frame()["risk"].tolist()
    [1.0, 21.0, inf]
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row has {len(row)} values for {len(self.columns)} columns")

    def texts(self) -> list[list[str]]:
        """Write every value; one list for each row."""
        return [
            [column.text(value) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]

    def numeric(self) -> list[bool]:
        """Tell for each column whether it holds numbers, which stand at the right."""
        return [
            any(_is_number(value) for value in values)
            and all(value is None or _is_number(value) for value in values)
            for values in ([row[i] for row in self.rows] for i in range(len(self.columns)))
        ]

    def to_frame(self) -> "pd.DataFrame":
        """Give the values as they are; the names of the columns are those of `columns`."""
        import pandas as pd

        return pd.DataFrame(list(self.rows), columns=[column.name for column in self.columns])

    def to_text(self, width: int | None = None) -> str:
        """Write title, table and notes.

        Parameters
        ----------
        width
            Characters in a line. Words are wrapped to keep to it, numbers never: a table whose
            numbers need more is wider. Default: no limit.
        """
        parts = [_wrapped(self.title, width)] if self.title else []
        parts += [self._grid(width)]
        if self.notes:
            parts += ["\n".join(_wrapped(note, width, bullet="- ") for note in self.notes)]
        return "\n\n".join(parts)

    def _grid(self, width: int | None) -> str:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        texts, numeric = self.texts(), self.numeric()
        widths = self._widths(texts, numeric, width)
        grid = Table(box=None, pad_edge=False)
        for column, is_number, wide in zip(self.columns, numeric, widths, strict=True):
            grid.add_column(
                Text(column.heading), justify="right" if is_number else "left", width=wide
            )
        for row in texts:
            grid.add_row(*(Text(value) for value in row))
        file = StringIO()
        total = sum(widths) + _GAP * len(widths)
        Console(file=file, width=total, color_system=None).print(grid)
        return "\n".join(line.rstrip() for line in file.getvalue().splitlines())

    def _widths(self, texts: list[list[str]], numeric: list[bool], width: int | None) -> list[int]:
        """Narrow the widest columns of words until the table fits, or no word would."""
        cells = [[row[i] for row in texts] for i in range(len(self.columns))]
        headings = [column.heading for column in self.columns]
        widths = [max(map(len, (h, *of))) for h, of in zip(headings, cells, strict=True)]
        least = [
            # The first column names the row, and is as whole as a number is.
            max(_longest(heading), *(_longest(text, whole=number or i == 0) for text in of), 1)
            for i, (heading, of, number) in enumerate(zip(headings, cells, numeric, strict=True))
        ]
        too_wide = 0 if width is None else sum(widths) + _GAP * (len(widths) - 1) - width
        for _ in range(too_wide):
            room, i = max((wide - least[i], i) for i, wide in enumerate(widths))
            widths[i] -= room > 0
        return [max(wide, 1) for wide in widths]

    def to_html(self) -> str:
        """Write title, table and notes as HTML, for a notebook or a page."""
        numeric = self.numeric()
        head = _html_row("th", [column.heading for column in self.columns], numeric)
        body = "".join(_html_row("td", row, numeric) for row in self.texts())
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return (
            f"<div>{f'<p>{escape(self.title)}</p>' if self.title else ''}"
            f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"
            f"{f'<ul>{notes}</ul>' if notes else ''}</div>"
        )


def number_text(value: float, specification: str) -> str:
    """Write a number by a format specification, without an exponent where that is short.

    Examples
    --------
    >>> number_text(612.3, ".2g"), number_text(0.00123, ".2g"), number_text(float("inf"), ".2g")
    ('612', '0.0012', 'infinite')
    """
    if math.isinf(value):
        return "infinite" if value > 0 else "-infinite"
    text = format(value, specification)
    return f"{value:.0f}" if "e+" in text and abs(value) < _LARGE else text


def _is_number(value: Any) -> bool:
    return hasattr(value, "__float__") and not isinstance(value, bool)


def _longest(text: str, *, whole: bool = False) -> int:
    return len(text) if whole else max((len(word) for word in text.split()), default=0)


def _wrapped(text: str, width: int | None, bullet: str = "") -> str:
    if width is None:
        return bullet + text
    return textwrap.fill(
        text,
        width,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _html_row(tag: str, cells: list[str], numeric: list[bool]) -> str:
    aligned = (
        f'<{tag} style="text-align: {"right" if right else "left"}">{escape(cell)}</{tag}>'
        for cell, right in zip(cells, numeric, strict=True)
    )
    return f"<tr>{''.join(aligned)}</tr>"
