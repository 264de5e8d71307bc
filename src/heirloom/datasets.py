"""Real tables to experiment on, by name.

Three come with scikit-learn and need nothing else; Adult is read from the folder that the
environment variable ``HEIRLOOM_DATA`` names, or else fetched once from its public home and kept in
the user's cache folder.
"""

import difflib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd
import pooch

__all__ = ["load", "names"]

DATA_FOLDER_VARIABLE = "HEIRLOOM_DATA"

# doi 10.24432/C5XW20, CC BY 4.0.
ADULT_URL = "https://archive.ics.uci.edu/ml/machine-learning-databases/adult/"

ADULT_SHA256: Mapping[str, str] = {
    "adult.data": "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
    "adult.test": "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
}

# The files have no header; these are the names of the attributes in adult.names.
ADULT_COLUMNS = (
    "age",
    "workclass",
    "fnlwgt",
    "education",
    "education_num",
    "marital_status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "capital_gain",
    "capital_loss",
    "hours_per_week",
    "native_country",
    "income",
)

# Disease progression above which the published experiments call a patient positive.
DIABETES_THRESHOLD = 100


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
    return tuple(sorted(_LOADERS))


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
    return _LOADERS[name]()


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Word the end of an error message so that it suggests the closest known name.

    Parameters
    ----------
    name : str
        What was asked for.
    known : iterable of str
        What there is.

    Returns
    -------
    str
        Empty where no known name is close.

    Examples
    --------
    >>> did_you_mean("adlut", ["adult", "digits"])
    " (did you mean 'adult'?)"
    >>> did_you_mean("zzz", ["adult", "digits"])
    ''
    """
    by_lower_case = {candidate.lower(): candidate for candidate in known}
    closest = difflib.get_close_matches(str(name).lower(), by_lower_case, n=1)
    return f" (did you mean {by_lower_case[closest[0]]!r}?)" if closest else ""


def _load_adult() -> pd.DataFrame:
    training = _read_adult(_adult_file("adult.data"), skip_lines=0)
    # The first line of adult.test is a remark, "|1x3 Cross validator".
    test = _read_adult(_adult_file("adult.test"), skip_lines=1)
    return pd.concat([training, test], ignore_index=True)


def _load_breast_cancer() -> pd.DataFrame:
    return _scikit_learn_frame("load_breast_cancer")


def _load_diabetes() -> pd.DataFrame:
    frame = _scikit_learn_frame("load_diabetes")
    return frame.assign(target=(frame["target"] > DIABETES_THRESHOLD).astype("int64"))


def _load_digits() -> pd.DataFrame:
    return _scikit_learn_frame("load_digits").rename(columns={"target": "digit"})


_LOADERS: Mapping[str, Callable[[], pd.DataFrame]] = {
    "adult": _load_adult,
    "breast_cancer": _load_breast_cancer,
    "diabetes": _load_diabetes,
    "digits": _load_digits,
}


def _scikit_learn_frame(loader: str) -> pd.DataFrame:
    # Imported here because it takes a second, which `names` and `adult` need not wait for.
    import sklearn.datasets

    return getattr(sklearn.datasets, loader)(as_frame=True).frame


def _read_adult(path: Path, *, skip_lines: int) -> pd.DataFrame:
    frame = pd.read_csv(
        path,
        header=None,
        names=list(ADULT_COLUMNS),
        skiprows=skip_lines,
        skipinitialspace=True,
        keep_default_na=False,
    )
    # In adult.test, and only there, the labels end in a full stop.
    return frame.assign(income=frame["income"].str.removesuffix("."))


def _adult_file(file_name: str) -> Path:
    folder = os.environ.get(DATA_FOLDER_VARIABLE)
    return _local_file(Path(folder), file_name) if folder else _fetched_file(file_name)


def _local_file(folder: Path, file_name: str) -> Path:
    path = folder / "adult" / file_name
    if not path.is_file():
        raise FileNotFoundError(
            f"{DATA_FOLDER_VARIABLE}={str(folder)!r} holds no file adult/{file_name}; "
            f"put it there, or unset {DATA_FOLDER_VARIABLE} to download it"
        )
    found = pooch.file_hash(str(path), alg="sha256")
    if found != ADULT_SHA256[file_name]:
        raise ValueError(
            f"file {str(path)!r} is not the published one (its SHA-256 is {found}, not "
            f"{ADULT_SHA256[file_name]}); "
            f"replace it, or unset {DATA_FOLDER_VARIABLE} to download it"
        )
    return path


def _fetched_file(file_name: str) -> Path:
    store = pooch.create(
        path=pooch.os_cache("heirloom"), base_url=ADULT_URL, registry=dict(ADULT_SHA256)
    )
    try:
        return Path(store.fetch(file_name))
    # pooch reports a wrong hash as ValueError, and everything else as some kind of OSError.
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise OSError(
            f"could not download {ADULT_URL}{file_name} ({reason}); try again, or put the file "
            f"in a folder named adult, and set {DATA_FOLDER_VARIABLE} to the folder that holds it"
        ) from error
