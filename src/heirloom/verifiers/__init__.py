"""Which synthetic rows are kept: one verifier a file."""

from .any_of import AnyOf as AnyOf
from .base import ResponseInterval as ResponseInterval
from .base import Verdict as Verdict
from .base import Verifier as Verifier
from .every import Every as Every
from .knowledge_ball import KnowledgeBall as KnowledgeBall
from .noisy import Noisy as Noisy
from .predicate import Predicate as Predicate
from .predicate import as_verifier as as_verifier
from .score import Score as Score
from .selection import Selection as Selection
from .until_full import UntilFull as UntilFull
from .until_full import as_selection as as_selection
from .what_passes import WhatPasses as WhatPasses

__all__ = [
    "AnyOf",
    "Every",
    "KnowledgeBall",
    "Noisy",
    "Predicate",
    "ResponseInterval",
    "Score",
    "Selection",
    "UntilFull",
    "Verdict",
    "Verifier",
    "WhatPasses",
    "as_selection",
    "as_verifier",
]
