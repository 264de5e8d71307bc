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


class _Parts(NamedTuple):
    text: str
    affix: tuple[str, str]
    digits: str
    exponent: str
    negative: bool


def numbers_written(texts: Sequence[str], decimal: str | None = None) -> WrittenNumbers:
    """Read texts as numbers, all in the same way.

    Parameters
    ----------
    texts : sequence of str
        Distinct texts.
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
    >>> numbers_written(["3,5", "1.204,25", "unknown"]).values
    {'3,5': 3.5, '1.204,25': 1204.25}
    >>> numbers_written(["$20,041", "$7"]).values
    {'$20,041': 20041.0, '$7': 7.0}
    >>> numbers_written(["01067", "80331"]).values
    {}
    """
    parts = [found for text in texts if (found := _parts(text))]
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


def units_written(texts: Sequence[str]) -> dict[str, str] | None:
    """List the units in which texts are written, each with a text as its example.

    Returns
    -------
    dict of unit to text, or None
        None where some text is no number of any unit. Nothing is nothing in any, and tells none.

    Examples
    --------
    >>> units_written(["$5", "€7", "$6"])
    {'$': '$5', '€': '€7'}
    >>> units_written(["$5", "a"])
    """
    examples: dict[str, str] = {}
    for text in texts:
        if (found := _parts(text)) is None:
            return None
        if found.digits != "0":
            examples.setdefault("".join(found.affix), text)
    return examples


def _parts(text: str) -> _Parts | None:
    match = _WRITTEN.fullmatch(text.strip())
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    negative = bool(match["open"]) or {match["sign"], match["inner"]} & {"-", "−"} != set()
    affix = (match["prefix"] or "", match["suffix"] or "")
    return _Parts(text, affix, match["digits"], match["exponent"] or "", negative)


def _value(found: _Parts, decimal: str) -> float:
    digits = re.sub(rf"[{_SPACES}{',' if decimal == '.' else '.'}]", "", found.digits)
    value = float(digits.replace(",", ".") + found.exponent)
    return -value if found.negative else value
