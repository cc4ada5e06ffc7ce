"""The page of a diagnosis in a browser: nothing is asked for, nothing runs, and it fits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from diagnosed import DIALOGUE, TAKEN, diagnosed, listed, undecided
from diagnosing import replied
from opened_report import AXE, HOSTILE, PHONE, Seen

from probe.report.html.diagnosis import diagnosis_page


def hostile_page(word: str = HOSTILE) -> str:
    """Return a page on which the gateway says a word wherever it can."""
    said = replied(550, "5.1.1", f"User unknown {word}")
    dialogue = f"{DIALOGUE}\n< 550 {word}"
    return diagnosis_page(diagnosed(lambda name: TAKEN if name == "neighbour" else said, first=said, dialogue=dialogue))


def unfold(seen: Seen) -> None:
    """Open every dialogue and letter."""
    seen.page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")


def test_strangers_words_do_nothing_and_nothing_is_asked_for(look: Callable[..., Seen]) -> None:
    seen = look(hostile_page())
    unfold(seen)
    assert seen.console == []
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
    assert seen.page.evaluate("window.owned") is None
    assert seen.page.locator("#owned, img, script").count() == 0
    text = seen.page.inner_text("body")
    assert "<img src=x onerror=" in text
    assert "{{ 7 * 7 }}" in text
    assert not set("\x1b\u202e\u2066\u2028") & set(text)


@pytest.mark.parametrize("word", ["", HOSTILE, "x" * 300])
def test_on_a_phone_nothing_is_wider_than_the_screen(look: Callable[..., Seen], word: str) -> None:
    seen = look(hostile_page(word), viewport=PHONE)
    unfold(seen)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_bars_are_as_long_as_what_is_believed(look: Callable[..., Seen]) -> None:
    seen = look(diagnosis_page(undecided()))
    told = seen.page.eval_on_selector_all(
        ".causes li",
        """all => all.map(each => [parseFloat(each.querySelector(".number").textContent),
            100 * each.querySelector(".bar span").offsetWidth / each.querySelector(".bar").clientWidth])""",
    )
    assert len(told) > 1
    assert all(abs(share - width) < 1 for share, width in told)


def test_headings_are_in_order_and_the_paper_is_white_in_print_and_dark_in_the_dark(look: Callable[..., Seen]) -> None:
    seen = look(diagnosis_page(listed()), color_scheme="dark")
    levels = seen.page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(each => Number(each.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    paper = "getComputedStyle(document.body).backgroundColor"
    assert seen.page.evaluate(paper) == "rgb(20, 23, 27)"
    seen.page.emulate_media(media="print")
    assert seen.page.evaluate(paper) == "rgb(255, 255, 255)"
    assert seen.page.locator(".letter").first.is_visible()


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"viewport": PHONE}], ids=["light", "dark", "phone"])
def test_axe_finds_nothing(look: Callable[..., Seen], options: dict[str, Any]) -> None:
    if AXE is None:
        pytest.skip("axe-core is not installed (npm install axe-core; NODE_PATH names its node_modules)")
    seen = look(hostile_page("no"), **options)
    unfold(seen)
    seen.page.evaluate(AXE.read_text("utf-8"))
    found = seen.page.evaluate("axe.run()")
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]] == []
    assert len(found["passes"]) > 20
