"""The tables that come with scikit-learn, and need nothing else."""

import pandas as pd

from .dataset import Dataset

# Disease progression above which the published experiments call a patient positive.
DIABETES_THRESHOLD = 100


def _load_breast_cancer() -> pd.DataFrame:
    return _frame("load_breast_cancer")


def _load_diabetes() -> pd.DataFrame:
    frame = _frame("load_diabetes")
    return frame.assign(target=(frame["target"] > DIABETES_THRESHOLD).astype("int64"))


def _load_digits() -> pd.DataFrame:
    return _frame("load_digits").rename(columns={"target": "digit"})


def _frame(loader: str) -> pd.DataFrame:
    # Imported here because it takes a second, which names and descriptions need not wait for.
    import sklearn.datasets

    return getattr(sklearn.datasets, loader)(as_frame=True).frame


BREAST_CANCER = Dataset(
    "breast_cancer",
    "scikit-learn's: 569 tumours, 30 measurements of each, and whether it is benign (target)",
    _load_breast_cancer,
)
DIABETES = Dataset(
    "diabetes",
    "scikit-learn's: 442 patients, 10 measurements of each, and whether the disease progressed by "
    "more than 100 in a year (target)",
    _load_diabetes,
)
DIGITS = Dataset(
    "digits",
    "scikit-learn's: 1,797 handwritten digits of 8 × 8 pixels, and which digit it is (digit)",
    _load_digits,
)
