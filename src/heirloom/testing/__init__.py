"""Models, verifiers and workflows of one's own, held to their contracts: one check a file.

Each check returns None, or raises a :class:`ContractError` that says in one line what was asked,
what came back and what to change. Use them in the tests of your own package, or at the prompt.
"""

from .check_model import check_model as check_model
from .check_verifier import check_verifier as check_verifier
from .check_workflow import check_workflow as check_workflow
from .contract_error import ContractError as ContractError

__all__ = ["ContractError", "check_model", "check_verifier", "check_workflow"]
