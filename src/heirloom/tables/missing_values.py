"""Words that stand for a missing value."""

# What people and programs write where a number is missing, in lower case. (pandas knows a few more,
# such as NA and null, when it reads text.)
WORDS_FOR_MISSING = frozenset(
    {
        "?",
        "-",
        "--",
        "---",
        "–",
        "—",
        ".",
        "..",
        "n/a",
        "na",
        "n.a.",
        "n.a",
        "nan",
        "none",
        "null",
        "nil",
        "missing",
        "unknown",
        "unk",
        "undefined",
        "unspecified",
        "not_available",
        "inf",
        "-inf",
        "+inf",
        "infinity",
        "k.a.",
        "#n/a",
        "#value!",
        "#ref!",
        "#div/0!",
        "#num!",
        "#name?",
        "#null!",
        "<na>",
        "not available",
        "not known",
        "no data",
        "no answer",
        "keine angabe",
    }
)


def stands_for_missing(text: str) -> bool:
    """Whether a text is a word for a missing value.

    Examples
    --------
    >>> stands_for_missing("Unknown"), stands_for_missing("seldom")
    (True, False)
    """
    return text.strip().lower() in WORDS_FOR_MISSING
