"""Sphinx configuration: MyST pages, numpydoc docstrings, and no undocumented public name."""

import importlib.metadata
import os
import re
import sys
import typing
from pathlib import Path

from docutils import nodes
from sphinx.domains.python import PyObject
from sphinx.transforms.post_transforms import SphinxPostTransform

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "ext"))

# jaxtyping looks for this name: its annotations then print as `Float[Array, "n p"]`
# and not as the path of a class made on the fly. It must be set before it is imported.
typing.GENERATING_DOCUMENTATION = "heirloom"  # type: ignore[attr-defined]

project = "heirloom"
author = "The heirloom developers"
copyright = f"2026, {author}"
release = importlib.metadata.version("heirloom-ml")
version = ".".join(release.split(".")[:2])

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinxcontrib.bibtex",
    # Ours, in docs/ext.
    "room",
    "commands",
    "coverage_check",
]

source_suffix = {".md": "myst-nb", ".rst": "restructuredtext"}
exclude_patterns = ["_build", "jupyter_execute", ".jupyter_cache", "**/.ipynb_checkpoints"]

# -- Pages ---------------------------------------------------------------------------------------

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

bibtex_bibfiles = ["../src/heirloom/references.bib"]
bibtex_default_style = "plain"
bibtex_reference_style = "author_year"

copybutton_prompt_text = r">>> |\.\.\. |\$ |In \[\d*\]: | {2,5}\.\.\.: "
copybutton_prompt_is_regexp = True

# -- Docstrings ----------------------------------------------------------------------------------

napoleon_google_docstring = False
napoleon_numpy_docstring = True
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_preprocess_types = False
napoleon_attr_annotations = False  # the signature shows them already

autodoc_default_options = {"members": True, "show-inheritance": True, "member-order": "bysource"}
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_class_signature = "mixed"
autosummary_generate = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
add_module_names = False

# -- References ----------------------------------------------------------------------------------

# With -n a reference to one of our own names must resolve. Names of other libraries are checked
# only where their inventories can be fetched, so that the build needs no network.
nitpick_ignore_regex = [(r"py:.*", r"(?!heirloom\b).*")]
if os.environ.get("HEIRLOOM_INTERSPHINX"):
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "python": ("https://docs.python.org/3", None),
        "numpy": ("https://numpy.org/doc/stable", None),
        "scipy": ("https://docs.scipy.org/doc/scipy", None),
        "pandas": ("https://pandas.pydata.org/docs", None),
        "xarray": ("https://docs.xarray.dev/en/stable", None),
        "matplotlib": ("https://matplotlib.org/stable", None),
        "sklearn": ("https://scikit-learn.org/stable", None),
    }

# -- Coverage (docs/ext/coverage_check.py) -------------------------------------------------------

coverage_package = "heirloom"

# -- HTML ----------------------------------------------------------------------------------------

html_theme = "furo"
html_title = f"heirloom {version}"
html_theme_options = {
    "source_repository": "https://github.com/heirloom-ml/heirloom",
    "source_branch": "main",
    "source_directory": "docs/",
}


# -- Legibility ----------------------------------------------------------------------------------

# What the docstrings call "Attributes", Sphinx prints as "Variables".
for field in PyObject.doc_field_types:
    if field.name == "variable":
        field.label = "Attributes"

# NumPy's NDArray[x] is an alias, and prints as what it stands for.
ND_ARRAY = re.compile(
    r"~?numpy\.ndarray\[tuple\[(?:~?typing\.)?Any, \.\.\.\], ~?numpy\.dtype\[([^\[\]]+)\]\]"
)
# The bibliography is plain text: mathematics in a title would print as LaTeX.
LATEX = {r"$\pi ^2/6$": "π²/6"}


def shorten_signature(app, what, name, obj, options, signature, returns):
    """Write NDArray where NumPy's alias was expanded, and dots for a default made anew."""
    return tuple(
        text and ND_ARRAY.sub(r"~numpy.typing.NDArray[\1]", text).replace("<factory>", "...")
        for text in (signature, returns)
    )


def skip_tuple_field(app, what, name, obj, skip, options):
    """Leave out the fields of a named tuple: its docstring describes them."""
    return True if type(obj).__name__ == "_tuplegetter" else None


class PlainTitles(SphinxPostTransform):
    """Replace LaTeX in the entries of the bibliography, after sphinxcontrib.bibtex wrote them."""

    default_priority = 6

    def run(self, **kwargs):
        """Look at every entry."""
        for citation in self.document.findall(nodes.citation):
            for text in list(citation.findall(nodes.Text)):
                plain = text.astext()
                for latex, replacement in LATEX.items():
                    plain = plain.replace(latex, replacement)
                text.parent.replace(text, nodes.Text(plain))


def setup(app):
    """Connect the above."""
    app.connect("autodoc-process-signature", shorten_signature)
    app.connect("autodoc-skip-member", skip_tuple_field)
    app.add_post_transform(PlainTitles)
