from .check import Check as Check
from .experiment import Experiment as Experiment
from .experiment import Outcome as Outcome
from .reproduction import PAPERS as PAPERS
from .reproduction import Reproduction as Reproduction
from .reproduction import reproduce as reproduce
from .reproduction import reproduced_trace as reproduced_trace

__all__ = [
    "PAPERS",
    "Check",
    "Experiment",
    "Outcome",
    "Reproduction",
    "reproduce",
    "reproduced_trace",
]
