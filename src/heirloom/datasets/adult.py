"""UCI Adult: who earns more than 50,000 dollars a year, by the census of 1994.

doi 10.24432/C5XW20, CC BY 4.0.
"""

from pathlib import Path

import pandas as pd

from .dataset import Dataset
from .published_files import PublishedFiles

FILES = PublishedFiles(
    folder="adult",
    url="https://archive.ics.uci.edu/ml/machine-learning-databases/adult/",
    sha256={
        "adult.data": "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
        "adult.test": "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
    },
)

# The files have no header; these are the names of the attributes in adult.names.
COLUMNS = (
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


def _load() -> pd.DataFrame:
    training = _read(FILES.path("adult.data"), skip_lines=0)
    # The first line of adult.test is a remark, "|1x3 Cross validator".
    test = _read(FILES.path("adult.test"), skip_lines=1)
    return pd.concat([training, test], ignore_index=True)


def _read(path: Path, *, skip_lines: int) -> pd.DataFrame:
    frame = pd.read_csv(
        path,
        header=None,
        names=list(COLUMNS),
        skiprows=skip_lines,
        skipinitialspace=True,
        keep_default_na=False,
    )
    # In adult.test, and only there, the labels end in a full stop.
    return frame.assign(income=frame["income"].str.removesuffix("."))


ADULT = Dataset(
    "adult", "UCI Adult: 48,842 people, 14 columns on each, and whether income is >50K", _load
)
