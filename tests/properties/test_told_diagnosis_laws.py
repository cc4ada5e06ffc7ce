"""Whatever a gateway says, what is made of a diagnosis stays text: in a terminal, on a page, in a letter."""

from __future__ import annotations

import io
from html.parser import HTMLParser

from diagnosed import DIALOGUE, TAKEN, diagnosed
from diagnosing import replied
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from strategies import examples

from probe.diagnose.diagnosis import Diagnosis
from probe.report.html.diagnosis import diagnosis_page
from probe.report.letter import letter_of
from probe.report.letter_words import LANGUAGES
from probe.report.terminal.diagnosis import print_diagnosis

_PIECES = [
    "<",
    ">",
    "</pre>",
    "<script>",
    "&#60;",
    "{{",
    "}}",
    "{recipient}",
    "%s",
    "\x1b[31m",
    "\u202e",
    "[red]",
    "[/]",
]
words = st.lists(st.sampled_from(_PIECES) | st.text(max_size=8), max_size=12).map(" ".join)


def told(said: str) -> Diagnosis:
    """Return a diagnosis of a gateway that says something wherever it can."""
    refusal = replied(550, "5.1.1", f"User unknown {said}")
    dialogue = f"{DIALOGUE}\n< 550 {said}"
    return diagnosed(lambda name: TAKEN if name == "neighbour" else refusal, first=refusal, dialogue=dialogue)


class _Elements(HTMLParser):
    """Collects the names of elements, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(f"{tag} {[name for name, _ in attrs]}")


CALM = _Elements(diagnosis_page(told("no"))).names


@examples(60)
@given(words)
def test_a_page_has_the_same_elements_whatever_is_said(said: str) -> None:
    text = diagnosis_page(told(said))
    assert _Elements(text).names == CALM
    assert all(each.isprintable() for each in text.split("\n"))


@examples(60)
@given(words)
def test_a_letter_and_a_terminal_have_the_same_lines_whatever_is_said(said: str) -> None:
    for language in LANGUAGES:
        lines = letter_of(told(said), language).text.splitlines()
        assert len(lines) == len(letter_of(told("no"), language).text.splitlines())
        assert all(line.isprintable() for line in lines)
    out = io.StringIO()
    print_diagnosis(Console(file=out, width=100_000), told(said))
    assert all(line.isprintable() for line in out.getvalue().split("\n"))
