"""Numbers that are written as text: ``3,5``, ``$1,204.20``, ``3.5 %``, ``12 kg``."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

_SIGN = r"[+\-−]?"
_CURRENCY = r"(?:[$€£¥₹]|US\$|USD|EUR|GBP|CHF|JPY|Rs\.?)"
# A space that does not break, narrow or not, and both apostrophes separate thousands too.
_SPACES = " \u00a0\u202f'’"
_WRITTEN = re.compile(
    rf"(?P<open>\()?(?P<sign>{_SIGN})\s*(?P<prefix>{_CURRENCY})?\s*(?P<inner>{_SIGN})"
    rf"(?P<digits>\d[\d.,{_SPACES}]*?|[.,]\d+)(?P<exponent>[eE][+-]?\d+)?"
    r"\s*(?P<suffix>[^\W\d_]+\.?|[%‰$€£¥₹°][^\W\d_]*|[^\W\d_]+[²³]|[^\W\d_]+/[^\W\d_]+[²³]?)?"
    r"(?P<close>\))?"
)


# By the mark of decimals: digits with no separator of thousands, or always with the same.
def _layout(decimal: str, thousands: str) -> re.Pattern[str]:
    grouped = rf"[1-9]\d{{0,2}}(?P<mark>[{thousands}{_SPACES}])\d{{3}}(?:(?P=mark)\d{{3}})*"
    return re.compile(rf"(?:\d+|{grouped})?(?:{re.escape(decimal)}\d*)?")


_LAYOUT: dict[str, re.Pattern[str]] = {".": _layout(".", ","), ",": _layout(",", ".")}

# Whole numbers whose thousands are separated by points, and those too small for one.
_GROUPED = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}(?:\.\d{{3}})+")
_UNGROUPED = re.compile(rf"{_SIGN}\d{{1,3}}")

# No number is longer, its unit included; and long text takes long to match.
_LONGEST = 40

# Postal codes, and numbers of accounts: no quantity is written with a leading zero or as precisely.
_CODE = re.compile(r"0\d+|\d{16,}")


class WrittenNumbers(NamedTuple):
    """What a set of texts says in numbers.

    Attributes
    ----------
    values
        The number that each text stands for; texts that are none are left out.
    decimal
        The mark of decimals by which they were read.
    other_mark
        Whether the other mark would read as many.
    """

    values: dict[str, float]
    decimal: str
    other_mark: bool


class WrittenNumber(NamedTuple):
    """A text that may be a number, in its parts: a currency in front and a unit behind, digits."""

    text: str
    affix: tuple[str, str]
    digits: str
    exponent: str
    negative: bool


def parts_written(texts: Sequence[str]) -> list[WrittenNumber]:
    """Part texts that may be numbers, whatever their mark of decimals; leave others out.

    Examples
    --------
    >>> parts_written(["-3.5 kg", "heavy"])
    [WrittenNumber(text='-3.5 kg', affix=('', 'kg'), digits='3.5', exponent='', negative=True)]
    """
    return [found for text in texts if (found := _parts(text))]


def numbers_written(parts: Sequence[WrittenNumber], decimal: str | None = None) -> WrittenNumbers:
    """Read texts as numbers, all in the same way.

    Parameters
    ----------
    parts : sequence of WrittenNumber
        From distinct texts.
    decimal : {".", ","}, optional
        What to take for the mark of decimals where either would do. Default: the point.

    Returns
    -------
    WrittenNumbers
        By the mark of decimals that reads the most, and for the currency, percent sign or unit that
        most of them have; what has another, or none, is no number beside them, but for 0. Nothing
        is a number where any would be a code, such as ``01234``.

    Examples
    --------
    >>> numbers_written(parts_written(["3,5", "1.204,25", "unknown"])).values
    {'3,5': 3.5, '1.204,25': 1204.25}
    >>> numbers_written(parts_written(["$20,041", "$7"])).values
    {'$20,041': 20041.0, '$7': 7.0}
    >>> numbers_written(parts_written(["01067", "80331"])).values
    {}
    """
    if not parts or any(_CODE.fullmatch(found.digits) for found in parts):
        return WrittenNumbers({}, ".", other_mark=False)
    affix = Counter(found.affix for found in parts).most_common(1)[0][0]
    # Nothing is nothing in any unit.
    alike = [found for found in parts if found.affix == affix or found.digits == "0"]
    read = {mark: [f for f in alike if _LAYOUT[mark].fullmatch(f.digits)] for mark in _LAYOUT}
    first = decimal or "."
    second = "," if first == "." else "."
    chosen = second if len(read[second]) > len(read[first]) else first
    values = {found.text: _value(found, chosen) for found in read[chosen]}
    return WrittenNumbers(values, chosen, other_mark=len(read[first]) == len(read[second]))


def units_written(parts: Sequence[WrittenNumber]) -> dict[str, str]:
    """List the units of texts, each with a text as its example. Nothing has any unit, or none.

    Examples
    --------
    >>> units_written(parts_written(["$5", "€7", "$6", "0"]))
    {'$': '$5', '€': '€7'}
    """
    examples: dict[str, str] = {}
    for found in parts:
        if found.digits != "0":
            examples.setdefault("".join(found.affix), found.text)
    return examples


def thousands_by_points(texts: Sequence[str]) -> str:
    """Find a text by which the points in a column surely separate thousands.

    As decimals, some would have been written with zeros at the end and others without a point,
    which no program does in one column.

    Returns
    -------
    str
        Empty where the points may be those of decimals.

    Examples
    --------
    >>> thousands_by_points(["1.204", "999", "3.500"])
    '3.500'
    >>> thousands_by_points(["1.204", "999", "3.5"])
    ''
    """
    pointed = [text for text in texts if "." in text]
    plain = [text for text in texts if "." not in text]
    grouped = all(_GROUPED.fullmatch(text) for text in pointed)
    if not plain or not grouped or not all(_UNGROUPED.fullmatch(text) for text in plain):
        return ""
    return next((text for text in pointed if text.endswith("0")), "")


def _parts(text: str) -> WrittenNumber | None:
    stripped = text.strip()
    match = _WRITTEN.fullmatch(stripped) if len(stripped) <= _LONGEST else None
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    negative = bool(match["open"]) or {match["sign"], match["inner"]} & {"-", "−"} != set()
    affix = (match["prefix"] or "", match["suffix"] or "")
    return WrittenNumber(text, affix, match["digits"], match["exponent"] or "", negative)


def _value(found: WrittenNumber, decimal: str) -> float:
    digits = re.sub(rf"[{_SPACES}{',' if decimal == '.' else '.'}]", "", found.digits)
    value = float(digits.replace(",", ".") + found.exponent)
    return -value if found.negative else value
