"""Figures in files."""

import matplotlib.pyplot as plt
import pytest

from heirloom.plots.figure_file import figure_of, write_figure


@pytest.mark.parametrize(
    ("kind", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("SVG", b"<?xml")]
)
def test_a_figure_is_written_as_its_name_ends_and_closed(tmp_path, kind, start):
    figure, ax = plt.subplots()
    assert figure_of(ax) is figure
    path = write_figure(tmp_path / f"figure.{kind}", figure)
    assert path.read_bytes().startswith(start)
    assert not plt.fignum_exists(figure.number)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    figure, _ = plt.subplots()
    with pytest.raises(OSError, match="nowhere"):
        write_figure(tmp_path / "nowhere" / "figure.png", figure)
