"""Pages allow their own scripts only, and what is filled in is harmless."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from html import unescape

import pytest
from markupsafe import Markup

from probe.report.html import template
from probe.report.html.template import piece, rendered


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the module a template, a style sheet and a script of a few characters."""
    files = {"tiny.jinja": "{{ policy }}|{{ style }}|{{ word }}|{{ scripts | join }}", "a.css": "a{}", "a.js": "1 < 2"}
    monkeypatch.setattr(template, "piece", lambda name: Markup(files[name]))
    template._environment.cache_clear()
    yield
    template._environment.cache_clear()


@pytest.mark.usefixtures("tiny")
def test_a_page_has_its_styles_and_scripts_and_a_policy_with_their_hashes() -> None:
    policy, style, word, scripts = rendered("tiny.jinja", ["a.css"], ["a.js"], word="<b>\x1b").split("|")
    policy = unescape(policy)
    digest = base64.b64encode(hashlib.sha256(b"1 < 2").digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy
    assert (style, word, scripts) == ("a{}", "&lt;b&gt;?", "1 < 2")


@pytest.mark.usefixtures("tiny")
def test_a_page_without_scripts_allows_none() -> None:
    assert "script-src 'none';" in unescape(rendered("tiny.jinja", [], word="x"))


def test_pieces_are_files_of_the_folder() -> None:
    assert ".path" in piece("diagnosis.css")
