"""All built-in datasets, by name."""

from collections.abc import Mapping

import pandas as pd

from .adult import ADULT
from .dataset import Dataset
from .scikit_learn import BREAST_CANCER, DIABETES, DIGITS
from .suggestion import did_you_mean

_DATASETS: Mapping[str, Dataset] = {
    dataset.name: dataset for dataset in (ADULT, BREAST_CANCER, DIABETES, DIGITS)
}


def names() -> tuple[str, ...]:
    """List the names that :func:`load` knows, in alphabetical order.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> names()
    ('adult', 'breast_cancer', 'diabetes', 'digits')
    """
    return tuple(sorted(_DATASETS))


def descriptions() -> dict[str, str]:
    """Describe each built-in dataset in one line.

    Returns
    -------
    dict of str to str
        By name, in alphabetical order; nothing is loaded.

    Examples
    --------
    >>> for name, description in descriptions().items():
    ...     print(f"{name}: {description[:30]}…")
    adult: UCI Adult: 48,842 people, 14 c…
    breast_cancer: scikit-learn's: 569 tumours, 3…
    diabetes: scikit-learn's: 442 patients, …
    digits: scikit-learn's: 1,797 handwrit…
    """
    return {name: _DATASETS[name].description for name in names()}


def load(name: str) -> pd.DataFrame:
    """Load a built-in table.

    Parameters
    ----------
    name : {"adult", "breast_cancer", "diabetes", "digits"}
        - ``adult``: UCI Adult, 48,842 rows (``adult.data``, then ``adult.test``); ``?`` stays a
          category, as in the published experiments, and ``income`` is ``<=50K`` or ``>50K``.
        - ``breast_cancer``: 569 rows, 30 features and ``target`` (0 malignant, 1 benign), as in
          scikit-learn.
        - ``diabetes``: 442 rows, 10 features and ``target``, which is 1 where scikit-learn's
          target is above 100 and else 0, as in the published experiments.
        - ``digits``: 1797 images, 64 pixels (``pixel_0_0`` to ``pixel_7_7``) and ``digit``,
          0 to 9.

    Returns
    -------
    pandas.DataFrame
        A new table at each call.

    Raises
    ------
    ValueError
        The name is unknown, or a file of Adult is not the published one.
    FileNotFoundError
        ``HEIRLOOM_DATA`` is set, but the file is not in the folder that it names.
    OSError
        A file could not be downloaded.

    Examples
    --------
    >>> load("diabetes").shape
    (442, 11)
    >>> load("digits")["digit"].nunique()
    10
    """
    if name not in names():
        raise ValueError(
            f"name={name!r} is not a built-in dataset; "
            f"choose one of {', '.join(names())}{did_you_mean(name, names())}"
        )
    return _DATASETS[name].load()
