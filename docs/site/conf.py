"""The documentation as a site: `make docs` sets README, the handbooks and the docstrings with Sphinx.

The sources lie where they are read without a site too: the root of the repository is the source folder. The site loads
nothing from another host: its theme has its own style sheet and no fonts, and formulas are MathML.
"""

import os
import re
import sys
import tomllib
from pathlib import Path

import django
from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.writers.html5 import HTML5Translator

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perception.settings")
django.setup()  # trial types and attacks name models

project = "Perception"
author = "The Perception Study authors"
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.apidoc"]
root_doc = "docs/site/index"
include_patterns = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md", "docs/site/**"]
# Folders that Sphinx need not walk through, and two pages that only list what the reference's first page lists.
exclude_patterns = [
    ".*",
    "data",
    "docs/_build",
    "locale",
    "ml",
    "perception",
    "static",
    "studies",
    "templates",
    "tests",
]
exclude_patterns += ["docs/site/reference/analysis/modules.rst", "docs/site/reference/analysis/perception.rst"]

myst_heading_anchors = 4
myst_links_external_new_tab = False

# Of the folder `perception`, whose other packages are the program's own affair.
KEPT = ("__init__.py", "analysis")
apidoc_modules = [
    {
        "path": str(ROOT / "perception"),
        "exclude_patterns": [str(path) for path in (ROOT / "perception").iterdir() if path.name not in KEPT],
        "destination": "docs/site/reference/analysis",
        "separate_modules": True,
        "module_first": True,
        "automodule_options": {"members"},
    }
]
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_preprocess_types = False
default_role = "code"
suppress_warnings = [
    "misc.highlighting_failure",  # an example of CSV has no colours
    "ref.footnote",  # a source may be listed that no sentence points to
    "ref.python",  # types stand in words too: “images” is no name of an object
]

html_theme = "alabaster"
html_theme_options = {
    "description": "What people can see of adversarial changes to medical images",
    "font_family": "system-ui, sans-serif",
    "head_font_family": "system-ui, sans-serif",
    "github_button": False,
    "page_width": "64rem",
}
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False


def _inline_formula(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def _displayed_formula(writer: HTML5Translator, node: nodes.math_block) -> None:
    writer.body.append(tex2mathml(node.astext(), as_block=True))
    raise nodes.SkipNode


class BarsAreAbsoluteValues(SphinxTransform):
    """Keep |x| in docstrings as it is written; reStructuredText would look for a substitution of that name."""

    default_priority = 210  # before docutils looks for substitutions

    def apply(self) -> None:
        """Put every reference to a substitution back into words: the site defines none."""
        for reference in list(self.document.findall(nodes.substitution_reference)):
            reference.replace_self(nodes.Text(f"|{reference.astext()}|"))


def _mend_sentences(_app: Sphinx, what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Put a sentence about a value together again: napoleon takes what stands before its colon for a type."""
    types = [line for line in lines if line.startswith(":type: ")]
    if what in {"attribute", "data", "property"} and types:
        lines.remove(types[0])
        lines[0] = f"{types[0].removeprefix(':type: ')}: {lines[0]}"


def _number_references(
    _app: Sphinx, _what: str, name: str, _object: object, _options: object, lines: list[str]
) -> None:
    """Let docutils number the references of a docstring: each docstring begins with [1], and a page has many."""
    lines[:] = [re.sub(r"\[(\d+)\](?=_)|(?<=^\.\. )\[(\d+)\]", rf"[#{name}.\1\2]", line) for line in lines]


def setup(app: Sphinx) -> None:
    """Let browsers set formulas: Sphinx's own ways load a script from another host or need TeX."""
    app.connect("autodoc-process-docstring", _mend_sentences, priority=900)  # after napoleon's 500
    app.connect("autodoc-process-docstring", _number_references, priority=900)
    app.add_transform(BarsAreAbsoluteValues)
    app.add_html_math_renderer("mathml", (_inline_formula, None), (_displayed_formula, None))
