"""Law: hostile words of strangers are shown in reports, and never obeyed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final
from xml.etree import ElementTree as ET

from simulation.laws.law import Law
from simulation.laws.left import Left

_MARK: Final = "owned"
"""It is in every hostile word that a report could obey; see simulation/laws/hostile.py."""
_CONTROLS: Final = {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"}
_COMMAND: Final = re.compile(r"^[ \t]*::[A-Za-z-]+|##(?:vso|teamcity)?\[[^\]]*owned|##\w*\[", re.MULTILINE)
_OURS: Final = re.compile(r"^::(?:error|warning|notice) (?:[a-zA-Z]+=[^,:]*,?)+::[^\n]*$", re.MULTILINE)
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


class _Page(HTMLParser):
    """Reads a page, and notes what a browser would obey. ``shown`` is what it would show, and the data of scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.obeyed: list[str] = []
        self.shown: list[str] = []
        self._code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._code = tag in {"script", "style"} and given.get("type") != "application/json"
        if any(name.startswith("on") for name in given) or _MARK in f"{tag} {given.get('id')} {given.get('href')}":
            self.obeyed.append(f"has the element {tag} {given}")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._code = False

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.shown.append(data)
        elif _MARK in data:
            self.obeyed.append(f"runs {data[:200]!r}")


LAW = Law("harmless-reports", "hostile words are harmless in all reports", _broken)
