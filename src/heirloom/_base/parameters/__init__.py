"""What arguments may be, stated once as data, and the one line that says so."""

from .arrays import Array as Array
from .choices import Choice as Choice
from .choices import Either as Either
from .choices import Flag as Flag
from .choices import Function as Function
from .choices import Instance as Instance
from .choices import Optional as Optional
from .constraint import BadValue as BadValue
from .constraint import Constraint as Constraint
from .constraint import RefusedError as RefusedError
from .declaration import checked as checked
from .declaration import checked_fields as checked_fields
from .declaration import constraints_of as constraints_of
from .numbers import Number as Number
from .numbers import Whole as Whole
from .precision import Precision as Precision
from .values import number_in as number_in
from .values import numbers_in as numbers_in
from .values import shown as shown

__all__ = [
    "Array",
    "BadValue",
    "Choice",
    "Constraint",
    "Either",
    "Flag",
    "Function",
    "Instance",
    "Number",
    "Optional",
    "Precision",
    "RefusedError",
    "Whole",
    "checked",
    "checked_fields",
    "constraints_of",
    "number_in",
    "numbers_in",
    "shown",
]
