"""The tables of the report in a browser: sorted, searched, linked to, and the list to un-suppress."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from opened_report import WIDE, Seen, everything
from report_content import Person, content, gone, lied

if TYPE_CHECKING:
    from playwright.sync_api import Page


def shown(seen: Seen) -> list[str]:
    """Return the recipients in the list."""
    return seen.page.locator("#list tbody button").all_inner_texts()


def test_the_list_is_searched_by_words_that_must_all_be_there(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    assert seen.page.inner_text("#found") == "101 found, 25 shown"
    seen.page.fill("input[name=words]", "LIED1 velocity")
    assert shown(seen) == [f"lied{n}@acme.example" for n in (1, *range(10, 20))]
    assert seen.page.inner_text("#found") == "11 found"
    seen.page.fill("input[name=words]", "nobody of that name")
    assert (shown(seen), seen.page.inner_text("#found")) == ([], "0 found")


def test_the_list_grows_on_demand(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    for expected in (50, 75, 100, 101):
        seen.page.click("#more")
        assert len(shown(seen)) == expected
    assert not seen.page.is_visible("#more")


def test_the_list_shows_one_kind_of_case(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    for kind, found in (
        ("gone, kept by always-keep", "20 found"),
        ("alive, suppressed by code", "31 found, 25 shown"),
        ("delivered", "40 found, 25 shown"),
        ("all listed", "101 found, 25 shown"),
    ):
        seen.page.select_option("select[name=kind]", label=kind)
        assert seen.page.inner_text("#found") == found


def test_a_story_opens_and_closes_by_keyboard(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    seen.page.fill("input[name=words]", "lied7@")
    button = seen.page.locator("#list tbody button")
    button.focus()
    seen.page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    story = seen.page.inner_text("#list pre")
    assert "< 250 you" in story
    assert "truth: refused for velocity by policy velocity, claimed as user-unknown" in story
    assert "code: suppress (wrong); user-unknown; enhanced status 5.1.1" in story
    seen.page.keyboard.press("Enter")
    assert (button.get_attribute("aria-expanded"), seen.page.locator("#list pre").count()) == ("false", 0)


def column(seen: Seen, table: str, number: int) -> list[str]:
    """Return the cells of a column as they stand."""
    rows = seen.page.locator(table).locator("tbody tr")
    return [row.locator("th, td").nth(number).inner_text() for row in rows.all()]


def test_a_click_on_a_head_sorts_numbers_from_the_largest_and_words_from_a_and_the_third_restores(
    look: Callable[..., Seen],
) -> None:
    seen = look(everything())
    table = "#answer table"
    before = column(seen, table, 0)
    by_number = seen.page.locator(f"{table} thead button").get_by_text("Gone, kept")
    by_number.click()
    found = [int(each) for each in column(seen, table, 3)]
    assert found == sorted(found, reverse=True)
    heads = seen.page.locator(f"{table} thead th")
    assert [each.get_attribute("aria-sort") for each in heads.all()][3] == "descending"
    by_number.click()
    assert [int(each) for each in column(seen, table, 3)] == sorted(found)
    seen.page.locator(f"{table} thead button").first.click()
    assert column(seen, table, 0) == sorted(before)
    assert [each.get_attribute("aria-sort") for each in heads.all()][:4] == ["ascending", None, None, None]
    for _ in range(2):
        seen.page.locator(f"{table} thead button").first.click()
    assert column(seen, table, 0) == before


def test_what_a_failed_gate_is_about_stays_below_it_in_any_order(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    seen.page.locator(".gates thead button").get_by_text("Gate", exact=True).click()
    names = seen.page.locator(".gates tbody th").all_inner_texts()
    assert names == sorted(names)
    below = seen.page.locator(".gates tbody", has_text="wrongly_suppressed").locator("li")
    assert below.count() > 0


def test_the_list_is_sorted_as_a_whole(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    seen.page.locator("#list thead button").first.click()
    assert shown(seen)[:3] == ["calm0@acme.example", "calm1@acme.example", "calm2@acme.example"]
    seen.page.locator("#list thead button").first.click()
    assert shown(seen)[:2] == ["lied29@acme.example", "lied28@acme.example"]
    seen.page.fill("input[name=words]", "gone")
    assert shown(seen)[0] == "gone19@acme.example"


def fragment(opened: Page) -> str:
    """Return the fragment of a page's address."""
    found: str = opened.evaluate("location.hash")
    return found


def test_a_link_keeps_the_search_and_the_recipient(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    seen.page.fill("input[name=words]", "lied acme&=#")
    assert fragment(seen.page) == "#words=lied+acme%26%3D%23"
    seen.page.fill("input[name=words]", "lied")
    seen.page.select_option("select[name=kind]", label="alive, suppressed by code")
    seen.page.click("#more")
    seen.page.locator("#list tbody button").get_by_text("lied29@acme.example").click()
    told = fragment(seen.page)
    assert told == "#words=lied&kind=suppressed%3Acode&recipient=news%2Flied29%40acme.example"
    other = seen.page.context.new_page()
    other.goto(seen.page.url.partition("#")[0] + told)
    other.wait_for_selector("html[data-drawn]")
    assert other.input_value("input[name=words]") == "lied"
    assert other.locator("select[name=kind] option:checked").inner_text() == "alive, suppressed by code"
    opened = other.locator("#list button[aria-expanded=true]")
    assert opened.all_inner_texts() == ["lied29@acme.example"]
    assert other.evaluate("document.activeElement.textContent") == "lied29@acme.example"
    box = opened.bounding_box()
    assert box is not None
    assert 0 < box["y"] < WIDE["height"]
    opened.click()
    assert fragment(other) == "#words=lied&kind=suppressed%3Acode"
    other.fill("input[name=words]", "")
    other.select_option("select[name=kind]", index=0)
    assert fragment(other) == ""


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("#kind=nothing&words=lied1", "11 found"),
        ("#recipient=news/nobody@acme.example", "news/nobody@acme.example is not listed; 101 found, 25 shown"),
        ("#words=calm&recipient=news/lied3@acme.example", "101 found, 75 shown"),
        ("#recipient=%3Cimg%20src%3Dx%3E", "<img src=x> is not listed; 101 found, 25 shown"),
        ("#a=%E0%A4%A", "101 found, 25 shown"),
        ("#answer", "101 found, 25 shown"),
    ],
)
def test_a_link_made_by_hand_shows_what_it_can(look: Callable[..., Seen], link: str, found: str) -> None:
    seen = look(everything())
    seen.page.evaluate("to => { location.hash = to; }", link)
    expect_text(seen, found)
    assert seen.console == []


def expect_text(seen: Seen, text: str) -> None:
    """Wait until the page says so."""
    seen.page.get_by_text(text, exact=True).wait_for()


def test_the_living_who_would_be_suppressed_are_copied_or_saved(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    assert seen.page.locator("#by option").all_inner_texts() == ["code (31)", "text (30)", "rules (31)"]
    seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.page.get_by_role("button", name="Copy addresses").click()
    expect_text(seen, "31 copied")
    copied = seen.page.evaluate("navigator.clipboard.readText()").split("\n")
    assert copied == ["endless@acme.example", *(f"lied{n}@acme.example" for n in range(30))]
    seen.page.select_option("#by", label="text (30)")
    with seen.page.expect_download() as saved:
        seen.page.get_by_role("button", name="Save as CSV").click()
    assert saved.value.suggested_filename == "unsuppress-text.csv"
    with Path(saved.value.path()).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {
        "recipient": rows[0]["recipient"],
        "campaign": "news",
        "gateway": "acme",
        "truth": "alive; velocity, claimed as user-unknown",
    }
    assert len(rows) == 30
    assert [url for url in seen.requests if not url.startswith(("file:", "data:", "blob:"))] == []


def test_where_the_browser_has_no_clipboard_what_is_selected_is_copied(look: Callable[..., Seen]) -> None:
    seen = look(everything())
    seen.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    seen.page.get_by_role("button", name="Copy addresses").click()
    expect_text(seen, "31 copied")
    assert seen.page.locator("textarea").count() == 0


def test_no_spreadsheet_takes_an_address_for_a_formula(look: Callable[..., Seen]) -> None:
    seen = look(content([lied("=1+1"), lied('+a"b'), lied("ann", gateway="beta")]))
    with seen.page.expect_download() as saved:
        seen.page.get_by_role("button", name="Save as CSV").click()
    with Path(saved.value.path()).open(encoding="utf-8", newline="") as file:
        names = [row["recipient"] for row in csv.DictReader(file)]
    assert names == ["'+a\"b@acme.example", "'=1+1@acme.example", "ann@beta.example"]


def test_where_nobody_alive_would_be_suppressed_there_is_nothing_to_copy(look: Callable[..., Seen]) -> None:
    assert not look(content([gone("cy"), Person("eve")])).page.is_visible("#unsuppress")
