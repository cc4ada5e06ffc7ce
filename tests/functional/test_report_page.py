"""The report in a browser: drawn without an error or a request, searchable, and safe from what strangers said."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from opened_report import AXE, HOSTILE, PHONE, WIDE, Seen, everything

if TYPE_CHECKING:
    from playwright.sync_api import Locator

CHARTS: Final = 11


def test_charts_are_drawn_without_a_word_on_the_console_and_without_a_request(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    assert seen.console == []
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
    charts = seen.page.locator(".chart")
    assert charts.count() == CHARTS
    for number in range(charts.count()):
        marks = charts.nth(number).locator("svg .mark-rect path, svg .mark-area path, svg .mark-symbol path")
        assert marks.count() > 0, f"chart {number} is empty"
        assert all(box["width"] > 0 for box in _boxes(marks))


def _boxes(marks: Locator) -> list[dict[str, float]]:
    return [box for box in (mark.bounding_box() for mark in marks.all()[:3]) if box is not None]


def test_the_moment_when_refusals_began_is_a_line_with_a_label(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    chart = seen.page.locator("figure.onset").first
    assert chart.locator("svg .mark-rule.role-mark line").count() == 1
    assert chart.locator("svg").get_by_text("refusals began").count() == 1


def test_a_chart_says_under_the_pointer_what_it_shows_until_escape(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    tip = seen.page.locator("#tooltip")
    assert not tip.is_visible()
    seen.page.locator("figure.flow .mark-area path").first.hover()
    assert tip.is_visible()
    assert re.fullmatch(r"[\w-]+, 550 [\d.]+: [\d,]+ recipients?, .*", tip.inner_text())
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= WIDE["width"]
    seen.page.keyboard.press("Escape")
    assert not tip.is_visible()
    for chart in seen.page.locator("figure:has(.chart):visible").all():
        chart.locator(".mark-rect path, .mark-area path, .mark-symbol path").first.hover()
        assert tip.is_visible()
        chart.locator("xpath=ancestor::section").locator("h2").hover()
        assert not tip.is_visible()


def test_no_expression_is_compiled_from_text(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    # What the debugger evaluates is exempt; what it sets off is not.
    tried = """() => new Promise(done => setTimeout(() => {
        try { done(Function("return 1")()); } catch (error) { done(error.name); }
    }))"""
    assert seen.page.evaluate(tried) == "EvalError"


def test_strangers_words_do_nothing_wherever_they_stand(look: Callable[..., Seen]) -> None:
    seen = look(everything(HOSTILE))
    seen.page.click("#more")
    for button in seen.page.locator("#list tbody button").all()[:60:6]:
        button.click()
    seen.page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    told = []
    for chart in seen.page.locator(".chart svg").all():
        chart.locator(".mark-rect path, .mark-area path, .mark-symbol path").first.hover(force=True)
        told.append(seen.page.locator("#tooltip").inner_text())
    assert any("</script><script>" in each for each in told)
    assert seen.console == []
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
    assert seen.page.evaluate("window.owned") is None
    assert seen.page.locator("#owned, img").count() == 0
    text = seen.page.inner_text("body")
    assert "<img src=x onerror=" in text
    assert "{{ 7 * 7 }}" in text
    assert not set("\x1b\u202e\u2066\u2028") & set(text)


@pytest.mark.parametrize("word", ["", HOSTILE, "x" * 300])
def test_on_a_phone_nothing_makes_the_page_wider_than_the_screen(look: Callable[..., Seen], word: str) -> None:
    seen = look(everything(word), viewport=PHONE)
    seen.page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    seen.page.locator("#list tbody button").first.click()
    assert seen.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    for chart in seen.page.locator(".chart svg").all():
        box = chart.bounding_box()
        assert box is not None
        assert box["width"] <= PHONE["width"]


def test_in_the_dark_page_and_charts_are_dark(look: Callable[..., Seen]) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        seen = look(everything(), color_scheme=scheme)
        paper = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        label = seen.page.locator(".chart svg .role-axis-label text").first
        colours[scheme] = paper, label.evaluate("each => getComputedStyle(each).fill")
    assert colours == {
        "light": ("rgb(255, 255, 255)", "rgb(27, 31, 36)"),
        "dark": ("rgb(20, 23, 27)", "rgb(230, 233, 237)"),
    }


def test_colours_and_text_have_contrast_enough(look: Callable[..., Seen]) -> None:
    # WCAG 2.2: 4.5 to 1 for text (1.4.3), 3 to 1 for what is drawn (1.4.11); delivered mail is ground, not figure.
    for scheme in ("light", "dark"):
        seen = look(everything(), color_scheme=scheme)
        colour = seen.page.evaluate("""() => Object.fromEntries(
            ["paper", "ink", "muted", "link", "good", "bad", "gone", "lied", "kept", "missed", "deferred"].map(name =>
                [name, getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim()]))""")
        for name, least in {"ink": 4.5, "muted": 4.5, "link": 4.5, "good": 4.5, "bad": 4.5}.items():
            assert _contrast(colour[name], colour["paper"]) >= least, (scheme, name)
        for name in ("gone", "lied", "deferred"):
            assert _contrast(colour[name], colour["paper"]) >= 3, (scheme, name)


def _contrast(one: str, two: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def test_on_paper_what_was_folded_is_unfolded_and_the_paper_is_white(look: Callable[..., Seen], tmp_path: Path) -> None:
    seen = look(everything(), color_scheme="dark")
    assert seen.page.locator("details:not([open])").count() > 5
    seen.page.evaluate("""() => window.addEventListener("beforeprint", () => {
        window.folded = document.querySelectorAll("details:not([open])").length;
        window.paper = getComputedStyle(document.body).backgroundColor;
    })""")
    pdf = seen.page.pdf(format="A4")
    assert pdf.startswith(b"%PDF-")
    assert seen.page.evaluate("window.folded") == 0
    assert seen.page.locator("details:not([open])").count() > 5, "folded again afterwards"
    seen.page.emulate_media(media="print")
    assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not seen.page.is_visible("#search")


def test_without_scripts_the_answer_and_the_tables_are_there(look: Callable[..., Seen]) -> None:
    seen = look(everything(), java_script_enabled=False)
    assert "Reported: 51 hard bounces" in seen.page.inner_text("#answer")
    assert "The list and the charts need JavaScript" in seen.page.inner_text("#recipients")
    assert not seen.page.is_visible("#search")


def test_a_screen_reader_finds_landmarks_headings_in_order_and_names_for_everything(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    levels = seen.page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(each => Number(each.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for landmark in ("banner", "navigation", "main", "contentinfo", "search"):
        assert seen.page.get_by_role(landmark).count() == 1, landmark  # type: ignore[arg-type]
    regions = seen.page.get_by_role("region").all()
    assert all(region.get_attribute("aria-label") or region.get_attribute("aria-labelledby") for region in regions)
    assert seen.page.get_by_role("img").count() == CHARTS
    assert seen.page.get_by_label("Search", exact=True).is_visible()
    assert seen.page.get_by_label("Show", exact=True).is_visible()


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"viewport": PHONE}], ids=["light", "dark", "phone"])
def test_axe_finds_nothing(look: Callable[..., Seen], options: dict[str, Any]) -> None:
    if AXE is None:
        pytest.skip("axe-core is not installed (npm install axe-core; NODE_PATH names its node_modules)")
    seen = look(everything(), **options)
    seen.page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    seen.page.locator("#list tbody button").first.click()
    seen.page.evaluate(AXE.read_text("utf-8"))
    found = seen.page.evaluate("axe.run()")
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]] == []
    assert len(found["passes"]) > 20


def test_on_a_phone_every_cell_is_within_the_screen_and_has_its_head(look: Callable[..., Seen]) -> None:
    seen = look(everything(), viewport={"width": 400, "height": 800})
    seen.page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    hidden = seen.page.evaluate("""() => [...document.querySelectorAll("th, td")].filter(each => {
        const box = each.getBoundingClientRect();
        return !each.classList.contains("zero") && (box.width === 0 || box.left < 0 || box.right > 400);
    }).map(each => each.outerHTML)""")
    assert hidden == []
    nameless = seen.page.evaluate("""() => [...document.querySelectorAll("td")].filter(each =>
        each.colSpan === 1 && !getComputedStyle(each, "::before").content.includes(" ")).length""")
    assert nameless == 0
    assert seen.page.evaluate("document.documentElement.scrollWidth") == 400
