"""Real tables to experiment on, by name.

Three come with scikit-learn and need nothing else; Adult is read from the folder that the
environment variable ``HEIRLOOM_DATA`` names, or else fetched once from its public home and kept in
the user's cache folder.
"""

from .catalogue import descriptions, load, names
from .suggestion import did_you_mean as did_you_mean

__all__ = ["descriptions", "load", "names"]
