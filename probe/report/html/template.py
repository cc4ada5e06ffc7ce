"""Makes self-contained pages from templates, style sheets and scripts.

What is filled in may come from strangers. Jinja escapes it, its control characters are replaced, and the content
security policy allows the page's own scripts only, by their hashes, and no requests.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from probe.harmless import harmless


def rendered(template: str, styles: Sequence[str], scripts: Sequence[str] = (), **content: Any) -> str:
    """Return the HTML of a page. Template, style sheets and scripts are files of this folder."""
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup("").join(map(piece, styles)),
            scripts=[piece(name) for name in scripts],
            policy=_policy(scripts),
            **content,
        )
    )


@cache
def piece(name: str) -> Markup:
    """Return a file of this folder."""
    text = resources.files("probe.report.html").joinpath(name).read_text("utf-8")
    return Markup(text)  # noqa: S704 - our own files


def _policy(scripts: Sequence[str]) -> str:
    digests = (hashlib.sha256(piece(name).encode()).digest() for name in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(piece),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_harmless_text,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _harmless_text(value: Any) -> Any:
    """Make every text that goes into the page harmless; markup is our own and stays as it is."""
    return harmless(value) if isinstance(value, str) and not isinstance(value, Markup) else value
