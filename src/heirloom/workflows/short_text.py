"""The text of a workflow for people, who need no seventeen digits."""

import re

# Longer than a person would type.
_LONG_NUMBER = re.compile(r"\d*\.\d{5,}(?:e[+-]?\d+)?")


def short_text(text: str) -> str:
    """Write the text of a workflow with four digits of its weights.

    Examples
    --------
    >>> short_text("at-arrivals:fresh:0.6180339887498948"), short_text("window:5")
    ('at-arrivals:fresh:0.618', 'window:5')
    """
    return _LONG_NUMBER.sub(lambda found: f"{float(found[0]):.4g}", text)
