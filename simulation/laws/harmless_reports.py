"""Law: hostile words of strangers are shown in reports, and never obeyed.

A page's scripts are not run here. Instead, none of ours may call anything that reads markup or code from text, so
whatever they insert is text. The browser tests open a page of hostile words.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from importlib import resources
from typing import Final
from xml.etree import ElementTree as ET

from simulation.laws.law import Law
from simulation.laws.left import Left

_MARK: Final = "owned"
"""It is in every hostile word that a report could obey; see simulation/laws/hostile.py."""
_CONTROLS: Final = {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"}
_COMMAND: Final = re.compile(r"^[ \t]*::[A-Za-z-]+|##(?:vso|teamcity)?\[[^\]]*owned|##\w*\[", re.MULTILINE)
_OURS: Final = re.compile(r"^::(?:error|warning|notice) (?:[a-zA-Z]+=[^,:]*,?)+::[^\n]*$", re.MULTILINE)
_READS_MARKUP: Final = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|setHTML\w*|srcdoc|createContextualFragment|DOMParser|document\.write\w*)\b"
    r"|\b(?:eval|Function)\(|\bsetTimeout\([\"'`]|setAttribute\([\"'`]on|\.on[a-z]+ *=[^=]"
)
"""What takes text for markup or code, in a script."""
_CODE_SPAN: Final = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)


def _broken(left: Left) -> Iterator[str]:
    for name, text in left.reports.items():
        yield from (f"{name}: {what}" for what in _in_text(name, text))


def _in_text(name: str, text: str) -> Iterator[str]:
    parser = None
    if name == "page":
        parser = _Page()
        parser.feed(text)
        yield from parser.obeyed
        for script in parser.scripts:
            markup = None if script == _library() else _READS_MARKUP.search(script)
            if markup is not None:
                yield f"has a script that reads text as markup or code, by {markup[0]!r}"
        text = "".join(parser.shown)
    raw = sorted({each for each in text if each != "\n" and unicodedata.category(each) in _CONTROLS})
    if raw:
        yield f"holds {', '.join(map(repr, raw))}"
    commands = _COMMAND.findall(_OURS.sub("", text) if name == "annotations" else text)
    if commands and name != "page":
        yield f"holds the command {commands[0]!r}"
    if name == "junit":
        ET.fromstring(text)  # noqa: S314 - ours
    elif name == "codequality":
        json.loads(text)
    elif name == "markdown" and _MARK in _CODE_SPAN.sub("", text):
        yield "shows what strangers said outside of a code span"


@cache
def _library() -> str:
    """Return the script of others in a page: it gets no text but through the page's own scripts."""
    return resources.files("probe.report.html").joinpath("vega.js").read_text("utf-8")


class _Page(HTMLParser):
    """Reads a page, and notes what a browser would obey. ``shown`` is what it would show, and the data of scripts.

    ``scripts`` are those that it would run.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.obeyed: list[str] = []
        self.shown: list[str] = []
        self.scripts: list[str] = []
        self._code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._code = tag in {"script", "style"} and given.get("type") != "application/json"
        if tag == "script" and self._code:
            self.scripts.append("")
        if any(name.startswith("on") for name in given) or _MARK in f"{tag} {given.get('id')} {given.get('href')}":
            self.obeyed.append(f"has the element {tag} {given}")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._code = False

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.shown.append(data)
            return
        if self.lasttag == "script":
            self.scripts[-1] += data
        if _MARK in data:
            self.obeyed.append(f"runs {data[:200]!r}")


LAW = Law("harmless-reports", _broken)
