"""Train on a subsample of what another workflow trains on."""

from dataclasses import dataclass, replace
from typing import ClassVar

from .._base.parameters import Flag, Instance, Whole, checked_fields, shown
from .base import Workflow
from .mixture import Mixture
from .parser import parse
from .pool import Pool
from .sizes import Sizes

_TOLERANCE = 1e-9
_REPLACEMENT = "replacement"


@dataclass(frozen=True)
@checked_fields(
    rows=Whole(1),
    replacement=Flag(),
    workflow=Instance(Workflow, "a workflow, such as AccumulateAll()"),
)
class Subsample(Workflow):
    """As another workflow, but each generation is fitted on rows drawn afresh from its mixture.

    :class:`AugmentSubsample` is ``Subsample(Augment(), n₀)``.

    Parameters
    ----------
    workflow
        A workflow that gives every row the same weight, such as :class:`AccumulateAll` or
        :class:`Window`.
    rows
        How many rows are drawn, 1 or more; without replacement all of them where there are fewer.
    replacement
        Whether they are drawn with replacement. Default: without.

    Raises
    ------
    ValueError
        If an argument is out of range; later, if the workflow weights its rows differently, or
        draws some itself.

    Examples
    --------
    >>> from heirloom.workflows import AccumulateAll, Sizes
    >>> sizes = Sizes.of(n_real=100, n_synthetic=200, generations=1)
    >>> Subsample(AccumulateAll(), rows=40).mixture(1, sizes).rows
    array([10., 10., 20.])
    """

    workflow: Workflow
    rows: int
    replacement: bool = False

    name: ClassVar[str] = "subsample"
    paper: ClassVar[str | None] = "dey2024universality"
    syntax: ClassVar[str | None] = "subsample:ROWS[,replacement]:WORKFLOW"
    examples: ClassVar[tuple[str, ...]] = (
        "subsample:15:accumulate-all",
        "subsample:25,replacement:window:2",
    )

    @property
    def text(self) -> str:
        """``subsample:ROWS:WORKFLOW``, or ``subsample:ROWS,replacement:WORKFLOW``."""
        how = f",{_REPLACEMENT}" if self.replacement else ""
        return f"{self.name}:{self.rows}{how}:{self.workflow.text}"

    @classmethod
    def from_argument(cls, argument: str | None) -> "Subsample":
        """Read the number of rows, and behind a colon the workflow."""
        drawing, colon, workflow = (argument or "").partition(":")
        rows, comma, how = drawing.partition(",")
        wrong = not rows.strip().isdecimal() or (comma and how.strip() != _REPLACEMENT)
        if wrong or not colon:
            whole = shown(cls.name if argument is None else f"{cls.name}:{argument}")
            raise ValueError(
                f"workflow {whole}: give the number of rows and a workflow, such as "
                f"'{cls.name}:100:accumulate-all' or '{cls.name}:100,{_REPLACEMENT}:augment'"
            )
        return cls(parse(workflow), int(rows), replacement=bool(comma))

    def mixture(self, generation: int, sizes: Sizes) -> Mixture:
        """Draw the rows from the mixture of the other workflow."""
        whole = self.workflow.mixture(generation, sizes)
        available = sizes.rows_of(whole.datasets)
        alike = abs(whole.shares - available / max(available.sum(), 1)) <= _TOLERANCE
        if whole.subsamples(sizes) or not alike.all():
            raise ValueError(
                f"{self.text} at generation {generation}: '{self.workflow.text}' does not give "
                "every row there is the same weight; subsample a workflow that does, such as "
                "'accumulate-all'"
            )
        # What a pool does: without replacement, all the rows where there are fewer.
        pool = Pool(False, False, self.rows, self.replacement)
        size = pool.subsample_size(float(available.sum()))
        if size is None:
            return whole
        return replace(whole, rows=whole.shares * size, pooled=True, replacement=self.replacement)

    def pool(self, sizes: Sizes) -> Pool | None:
        """Give the pool of the other workflow, of which the rows are drawn."""
        whole = self.workflow.pool(sizes)
        if whole is None or whole.rows is not None:
            return None
        return replace(whole, rows=self.rows, replacement=self.replacement)

    def presumes_own_output(self) -> bool:
        """Whether the other workflow does."""
        return self.workflow.presumes_own_output()
