"""Reports for CI systems. A new format is one file beside this one and one line in ``FORMATS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from probe.report.ci.code_quality import code_quality
from probe.report.ci.content import CiContent
from probe.report.ci.junit import junit
from probe.report.ci.markdown import markdown

FORMATS: Final[Mapping[str, Callable[[CiContent], str]]] = {
    "junit": junit,
    "markdown": markdown,
    "codequality": code_quality,
}
"""The kinds of ``--report KIND=FILE``, and the function that returns the text of the file."""
