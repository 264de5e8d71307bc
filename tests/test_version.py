"""The version."""

from importlib.metadata import version

import heirloom as hl


def test_the_package_knows_its_version():
    assert hl.__version__ == version("heirloom-ml")
