"""What a mistyped name may have meant."""

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Word the end of an error message so that it suggests the closest known name.

    Parameters
    ----------
    name : str
        What was asked for.
    known : iterable of str
        What there is.

    Returns
    -------
    str
        Empty where no known name is close.

    Examples
    --------
    >>> did_you_mean("adlut", ["adult", "digits"])
    " (did you mean 'adult'?)"
    >>> did_you_mean("zzz", ["adult", "digits"])
    ''
    """
    by_lower_case = {candidate.lower(): candidate for candidate in known}
    closest = difflib.get_close_matches(str(name).lower(), by_lower_case, n=1)
    return f" (did you mean {by_lower_case[closest[0]]!r}?)" if closest else ""
