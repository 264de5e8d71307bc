"""Random numbers that depend on what they are for, and not on when or where they are drawn.

A number is a function of a key and a counter: Threefry-2x32 with 13 rounds (Salmon, Moraes, Dror
and Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011), the fewest that pass every test
of TestU01's BigCrush. The key says what the number is for (seed, generation, role), the counter
which replicate it belongs to and where in its array it stands. So workers need not share a state,
and workflows that ask for the same numbers get the same.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from .compilation import inlined, kernel
from .elementary import normal_quantile_double, normal_quantile_single

_Numbers = npt.NDArray[np.floating]
_Key = tuple[int, int]

_WORD = 2**32
_UNIFORM, _NORMAL, _GENERATOR, _GENERATOR_OF_ONE = 1, 2, 3, 4
_PARITY = np.uint32(0x1BD11BDA)


@inlined
def _rotated(x: Any, by: Any) -> Any:
    return (x << np.uint32(by)) | (x >> np.uint32(32 - by))


@inlined
def _four_rounds(x: Any, y: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    x = np.uint32(x + y)
    y = np.uint32(_rotated(y, a) ^ x)
    x = np.uint32(x + y)
    y = np.uint32(_rotated(y, b) ^ x)
    x = np.uint32(x + y)
    y = np.uint32(_rotated(y, c) ^ x)
    x = np.uint32(x + y)
    y = np.uint32(_rotated(y, d) ^ x)
    return x, y


@inlined
def random_bits(counter: Any, replicate: Any, first: Any, second: Any) -> Any:
    """Two words of 32 random bits: Threefry-2x32-13 of a counter of two words under a key of two.

    Parameters
    ----------
    counter, replicate
        The counter.
    first, second
        The key.
    """
    third = np.uint32(first ^ second ^ _PARITY)
    x, y = np.uint32(counter + first), np.uint32(replicate + second)
    x, y = _four_rounds(x, y, 13, 15, 26, 6)
    x, y = np.uint32(x + second), np.uint32(y + third + np.uint32(1))
    x, y = _four_rounds(x, y, 17, 29, 16, 24)
    x, y = np.uint32(x + third), np.uint32(y + first + np.uint32(2))
    x, y = _four_rounds(x, y, 13, 15, 26, 6)
    x, y = np.uint32(x + first), np.uint32(y + second + np.uint32(3))
    # The thirteenth round.
    x = np.uint32(x + y)
    y = np.uint32(_rotated(y, 17) ^ x)
    return x, y


@inlined
def uniform_single(bits: Any) -> Any:
    """Uniform number in (0, 1) of single precision: the middle of one of 2²³ equal parts."""
    return (np.float32(bits >> np.uint32(9)) + np.float32(0.5)) * np.float32(2**-23)


@inlined
def uniform_double(high: Any, low: Any) -> Any:
    """Uniform number in (0, 1) of double precision: the middle of one of 2⁵² equal parts."""
    bits = (np.uint64(high) << np.uint64(20)) | np.uint64(low >> np.uint32(12))
    return (np.float64(bits) + 0.5) * 2.0**-52


# A function of its own for each row: the loops in it are then computed many numbers at once.
@kernel
def _uniform_row_single(row: Any, replicate: Any, first: Any, second: Any) -> None:
    half = row.size // 2
    for i in range(half):
        x, y = random_bits(np.uint32(i), replicate, first, second)
        row[i] = uniform_single(x)
        row[half + i] = uniform_single(y)
    if 2 * half < row.size:
        x, y = random_bits(np.uint32(half), replicate, first, second)
        row[2 * half] = uniform_single(x)


@kernel
def _uniform_row_double(row: Any, replicate: Any, first: Any, second: Any) -> None:
    for i in range(row.size):
        x, y = random_bits(np.uint32(i), replicate, first, second)
        row[i] = uniform_double(x, y)


@kernel
def _normal_row_single(row: Any) -> None:
    for i in range(row.size):
        row[i] = normal_quantile_single(row[i])


@kernel
def _normal_row_double(row: Any) -> None:
    for i in range(row.size):
        row[i] = normal_quantile_double(row[i])


@kernel
def _fill_single(out: Any, first: Any, second: Any, numbers: Any, normal: bool) -> None:
    for r in range(out.shape[0]):
        _uniform_row_single(out[r], numbers[r], first, second)
        if normal:
            _normal_row_single(out[r])


@kernel
def _fill_double(out: Any, first: Any, second: Any, numbers: Any, normal: bool) -> None:
    for r in range(out.shape[0]):
        _uniform_row_double(out[r], numbers[r], first, second)
        if normal:
            _normal_row_double(out[r])


@kernel
def _derived(first: Any, second: Any, x: Any, y: Any) -> Any:
    return random_bits(x, y, first, second)


class Random:
    """Random numbers for one purpose, for each of the replicates that are simulated side by side.

    The first array that is asked for has other numbers than the second, and so on; two streams of
    the same key give the same arrays in the same order. Arrays are shared between the workflows
    that ask for them, and so cannot be written to.

    Parameters
    ----------
    key
        What the numbers are for.
    replicates
        R, how many replicates run side by side.
    first_replicate
        Number of the first of them. Default 0.
    dtype
        Precision of the numbers, ``float32`` or ``float64`` (default).
    drawn
        Arrays that streams of this generation have drawn already; by default none are shared.

    Attributes
    ----------
    replicates
        R.
    numbers
        uint32[R]: the numbers of the replicates.
    dtype
        Precision of the numbers.

    Examples
    --------
    >>> random = Random((1, 2), replicates=3)
    >>> random.uniform(2).shape
    (3, 2)
    >>> again = Random((1, 2), replicates=3)
    >>> bool((again.normal(4) == Random((1, 2), replicates=3).normal(4)).all())
    True
    """

    def __init__(
        self,
        key: _Key,
        replicates: int,
        *,
        first_replicate: int = 0,
        dtype: npt.DTypeLike = np.float64,
        drawn: dict[Any, Any] | None = None,
    ) -> None:
        self.replicates = replicates
        self.numbers = np.arange(first_replicate, first_replicate + replicates, dtype=np.uint32)
        self.dtype: Any = np.dtype(dtype)
        self._key = key
        self._calls = 0
        self._tile = first_replicate
        self._chosen = b""
        self._drawn: dict[Any, Any] = {} if drawn is None else drawn

    def of(self, chosen: npt.NDArray[np.integer]) -> "Random":
        """The same stream from its beginning, for some of the replicates.

        Parameters
        ----------
        chosen
            Their positions, from 0 to R − 1.
        """
        part = Random(self._key, len(chosen), dtype=self.dtype, drawn=self._drawn)
        part.numbers = self.numbers[chosen]
        part._tile, part._chosen = self._tile, part.numbers.tobytes()
        return part

    def uniform(self, *shape: int) -> _Numbers:
        """Uniform numbers in (0, 1), of shape ``(R, *shape)``."""
        return self._filled(_UNIFORM, shape)

    def normal(self, *shape: int) -> _Numbers:
        """Standard normal numbers, of shape ``(R, *shape)``."""
        return self._filled(_NORMAL, shape)

    def generator(self) -> np.random.Generator:
        """Generator of NumPy for every other distribution, new at each call.

        Let the first axis of what it draws be that of the replicates.
        """
        first, second = derived_key(self.next_key(), _GENERATOR, self._tile)
        return np.random.Generator(np.random.Philox(key=(first << 32) | second))

    def generator_of(self, replicate: int) -> np.random.Generator:
        """Generator of NumPy for one replicate alone, always the same one.

        Parameters
        ----------
        replicate
            Its position, from 0 to R − 1.
        """
        own = derived_key(self._key, 0, int(self.numbers[replicate]))
        first, second = derived_key(own, _GENERATOR_OF_ONE, 0)
        return np.random.Generator(np.random.Philox(key=(first << 32) | second))

    def next_key(self) -> tuple[int, int]:
        """Key of numbers that a kernel draws by itself, another one at each call."""
        self._calls += 1
        return derived_key(self._key, self._calls, 0)

    def _filled(self, kind: int, shape: tuple[int, ...]) -> _Numbers:
        key = self.next_key()
        name = (key, kind, shape, self._chosen)
        known = self._drawn.get(name)
        if known is None:
            known = self._drawn[name] = self._fresh(key, kind, shape)
        return known

    def _fresh(self, key: _Key, kind: int, shape: tuple[int, ...]) -> _Numbers:
        out: _Numbers = np.empty((self.replicates, math.prod(shape)), self.dtype)
        fill = _fill_single if self.dtype == np.float32 else _fill_double
        if out.size:
            first, second = (np.uint32(word) for word in key)
            fill(out, first, second, self.numbers, kind == _NORMAL)
        out.flags.writeable = False
        return out.reshape(self.replicates, *shape)


@lru_cache(maxsize=1024)
def derived_key(key: _Key, number: int, other: int) -> _Key:
    """Key of a part of what another key is for; parts of different numbers are independent.

    Examples
    --------
    >>> derived_key((0, 0), 1, 2) == derived_key((0, 0), 2, 1)
    False
    """
    first, second, x, y = (np.uint32(word % _WORD) for word in (*key, number, other))
    bits: tuple[Any, Any] = _derived(first, second, x, y)
    return int(bits[0]), int(bits[1])
