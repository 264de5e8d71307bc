"""Real tables, encoded."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from heirloom import datasets
from heirloom.tables import (
    encode_binary_target,
    encode_categories,
    read_table,
)

SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"


def test_breast_cancer_is_encoded_as_by_scikit_learn() -> None:
    table = datasets.load("breast_cancer")
    size = pd.cut(table["mean area"], 3, labels=["small", "medium", "large"]).astype(str)
    table = table[["mean radius", "mean texture", "target"]].assign(size=size)
    encoded = encode_binary_target(table, "target")
    reference = size.mode()[0]
    pipeline = make_pipeline(
        ColumnTransformer(
            [
                ("numbers", StandardScaler(), ["mean radius", "mean texture"]),
                ("categories", OneHotEncoder(drop=[reference]), ["size"]),
            ],
            verbose_feature_names_out=False,
        ),
        LogisticRegression(C=1.0, max_iter=1000, tol=1e-10),
    ).fit(table.drop(columns="target"), table["target"])
    columns = [name.replace("_", "=") for name in pipeline[0].get_feature_names_out()]
    order = [encoded.columns.index(name) for name in columns]
    theirs = pipeline[0].transform(table)
    np.testing.assert_allclose(encoded.design[:, order], theirs, rtol=1e-9, atol=1e-12)

    ours = LogisticRegression(C=1.0, max_iter=1000, tol=1e-10).fit(
        encoded.design[:, order], encoded.response
    )
    np.testing.assert_allclose(ours.coef_, pipeline[-1].coef_, rtol=1e-6)
    assert encoded.labels == ("0", "1")


@pytest.mark.parametrize(("name", "columns"), [("breast_cancer", 31), ("diabetes", 11)])
def test_scikit_learn_tables_lose_nothing(name: str, columns: int) -> None:
    encoded = encode_binary_target(datasets.load(name), "target")
    assert encoded.design.shape[1] == columns
    assert encoded.notes == ()


@pytest.mark.skipif(not (SHARED_DATA / "adult").is_dir(), reason="needs the files of Adult")
class TestAdult:
    @pytest.fixture(autouse=True)
    def _shared_data(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HEIRLOOM_DATA", str(SHARED_DATA))

    def test_loses_what_other_columns_determine(self) -> None:
        encoded = encode_binary_target(read_table("adult"), "income")
        # Each education has its number, and no occupation is known of those who never worked or
        # whose work class is not known.
        assert encoded.dependent == ("education_num", "occupation=?")
        assert encoded.rows_dropped == 0
        assert encoded.labels == ("<=50K", ">50K")
        assert np.linalg.matrix_rank(encoded.design) == encoded.design.shape[1] == 99

    def test_has_the_published_categories(self) -> None:
        encoded = encode_categories(read_table("adult"), "workclass")
        assert len(encoded.categories) == 9
        assert encoded.categories[0] == "?"
        assert encoded.counts.sum() == 48_842
