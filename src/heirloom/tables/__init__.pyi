from .categories import EncodedCategories as EncodedCategories
from .categories import encode_categories as encode_categories
from .encoded_table import EncodedTable as EncodedTable
from .kinds import kind_of_column as kind_of_column
from .kinds import kind_of_target as kind_of_target
from .numbers import EncodedNumbers as EncodedNumbers
from .numbers import encode_numbers as encode_numbers
from .reader import read_table as read_table
from .reading import Reading as Reading
from .table import ColumnUse as ColumnUse
from .table import Table as Table
from .targets import encode_binary_target as encode_binary_target
from .targets import encode_count_target as encode_count_target
from .targets import encode_numeric_target as encode_numeric_target

__all__ = [
    "ColumnUse",
    "EncodedCategories",
    "EncodedNumbers",
    "EncodedTable",
    "Reading",
    "Table",
    "encode_binary_target",
    "encode_categories",
    "encode_count_target",
    "encode_numbers",
    "encode_numeric_target",
    "kind_of_column",
    "kind_of_target",
    "read_table",
]
