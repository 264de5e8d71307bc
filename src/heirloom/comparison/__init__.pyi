from .compared_workflow import ComparedWorkflow as ComparedWorkflow
from .comparing import compare as compare
from .comparison import Column as Column
from .comparison import Comparison as Comparison
from .comparison import ResultTable as ResultTable
from .population_comparison import PopulationComparison as PopulationComparison
from .relabelled_comparison import RelabelledComparison as RelabelledComparison
from .relabelled_comparison import RelabelledWorkflow as RelabelledWorkflow
from .settings import ComparisonSettings as ComparisonSettings
from .settings import FittedSplit as FittedSplit
from .settings import FittedTable as FittedTable
from .settings import GenerationZero as GenerationZero
from .settings import PopulationSettings as PopulationSettings
from .settings import RelabelSettings as RelabelSettings

__all__ = [
    "Column",
    "ComparedWorkflow",
    "Comparison",
    "ComparisonSettings",
    "FittedSplit",
    "FittedTable",
    "GenerationZero",
    "PopulationComparison",
    "PopulationSettings",
    "RelabelSettings",
    "RelabelledComparison",
    "RelabelledWorkflow",
    "ResultTable",
    "compare",
]
