"""The page as a text: what stands in it, that strangers' words stay words, and that it needs nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from report_content import Person, content, gone, kept, lied

from fake_gateways.truth import Cause
from probe.judge.gates import Gate
from probe.judge.scorecard import AS_THE_LOG_SAYS, DeliveryCounts
from probe.report.html.page import PageContent, embedded, page
from probe.scenario.prices import MistakePrices

PEOPLE: Final = [lied("ann"), lied("bob"), gone("cy"), kept("dee"), Person("eve")]
HOSTILE: Final = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>",
    "{{ 7 * 7 }}{% for x in y %}",
    "<!--<script>",
    "]]>&amp;&#60;",
]


class _Reader(HTMLParser):
    """Reads elements, their attributes, and the text in each kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "link", "input", "wbr"}:
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._within.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self._within[-1] if self._within else "", []).append(data)

    def close(self) -> None:
        super().close()
        assert self._within == []


def data_of(text: str) -> dict[str, Any]:
    """Return the data that the page's script reads."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def rich_content(word: str = "word") -> PageContent:
    """Return the content of a page with every section, in which everything named by somebody is named so."""
    people = [*PEOPLE, Person("fay", cause=Cause.CONTENT, claimed=Cause.USER_UNKNOWN, text=word, campaign=word)]
    people += [lied("gus", gateway=word.replace("@", ""))]
    gates = [Gate(f"classifiers.{word}.wrongly_suppressed", passed=True, value=1.0, bound=">= 0")]
    return content(
        people,
        title=word,
        gates=gates,
        rules=word,
        reason=word,
        prices=MistakePrices(living=2.5),
        dialogue=lambda _: word,
    )


@pytest.fixture(scope="module")
def text() -> str:
    """Return a page with every section."""
    return page(rich_content())


def test_the_answer_stands_first(text: str) -> None:
    places = ("<h1>", 'class="headline"', "Mistakes of each classifier", "Reported: ", 'id="flow"', 'id="recipients"')
    found = [text.index(each) for each in places]
    assert found == sorted(found)
    assert (
        '<p class="lead">Alive: 4, refused for velocity (3), content (1) in replies that say: no such mailbox.' in text
    )


def headline(text: str) -> dict[str, str]:
    """Return the figures in large numbers by what they count."""
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text))


def test_the_headline_figures_are_large_numbers_beside_the_parts_of_the_hard_bounces() -> None:
    assert headline(page(content(PEOPLE))) == {
        "of 5 recipients received the message": "1",
        "hard bounces reported (60.0%)": "3",
        "really gone (33%)": "1",
        "alive (67%)": "2",
    }
    assert headline(page(content([Person("eve"), gone("cy")]))) == {
        "of 2 recipients received the message": "1",
        "hard bounce reported (50.0%)": "1",
        "really gone (100%)": "1",
    }


def test_of_a_replayed_log_the_headline_counts_unknown_causes_first_and_calls_nothing_true() -> None:
    made = content([lied("ann"), gone("cy"), Person("fay", cause=Cause.UNKNOWN, claimed=Cause.UNKNOWN)])
    made.scorecard.truth_is = AS_THE_LOG_SAYS
    shown = headline(page(made))
    assert next(iter(shown)) == "of 3 refused recipients: cause still unknown"
    assert shown["of 3 refused recipients: cause still unknown"] == "1"
    assert {"gone, as the log says (33%)", "alive, as the log says (67%)"} <= set(shown)


def test_a_run_without_classifiers_has_figures_and_no_table_of_them() -> None:
    made = content(PEOPLE)
    made.scorecard.classifiers = {}
    text = page(made)
    assert headline(text)["hard bounces reported (60.0%)"] == "3"
    assert "Mistakes of each classifier" not in text
    assert 'href="#classifiers"' not in text


def test_on_paper_every_page_has_its_number(text: str) -> None:
    assert re.search(r"@page \{[^}]*@bottom-right \{[^}]*counter\(page\)[^}]*counter\(pages\)", text)


def test_every_part_is_there(text: str) -> None:
    ids = ("answer", "gates", "flow", "onset", "classifiers", "gateways", "parts", "recipients")
    assert re.findall(r'<section id="(\w+)"', text) == list(ids)
    assert re.findall(r'href="#(\w+)">', text)[1 : 1 + len(ids)] == list(ids)
    assert [chart["kind"] for chart in data_of(text)["charts"]] == [
        *("flow", "onset", "onset", "onset", "shares", "shares", "frontier"),
        *("shares", "shares", "shares", "costs", "calibration"),
    ]


def test_elements_are_closed_in_the_order_they_were_opened(text: str) -> None:
    _Reader(text).close()


def test_every_table_has_a_caption_and_heads_with_a_scope(text: str) -> None:
    elements = _Reader(text).elements
    tags = [tag for tag, _ in elements]
    assert tags.count("table") == tags.count("caption")
    assert all("scope" in attrs for tag, attrs in elements if tag == "th")


def test_every_chart_says_in_words_what_it_shows(text: str) -> None:
    told = [attrs["aria-label"] or "" for tag, attrs in _Reader(text).elements if attrs.get("role") == "img"]
    assert len(told) == len(data_of(text)["charts"])
    assert all(re.search(r"\d", each) for each in told)


def test_nothing_is_fetched_and_no_script_runs_but_the_pages_own(text: str) -> None:
    reader = _Reader(text)
    links = [
        attrs.get(name) for _, attrs in reader.elements for name in ("src", "href", "action", "srcset") if name in attrs
    ]
    assert [link for link in links if link and not link.startswith(("#", "data:,"))] == []
    assert "url(" not in text.partition("</style>")[0]
    (policy,) = (attrs["content"] or "" for tag, attrs in reader.elements if "http-equiv" in attrs)
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in scripts]
    assert policy.startswith("default-src 'none'; ")
    assert re.search(r"script-src ([^;]*)", policy)[1].split() == hashes  # type: ignore[index]


@pytest.mark.parametrize("word", HOSTILE)
def test_strangers_words_add_no_element_and_no_attribute(word: str) -> None:
    plain, hostile = _Reader(page(rich_content())), _Reader(page(rich_content(word)))
    hostile.close()

    def shape(reader: _Reader) -> list[tuple[str, list[str]]]:
        return [(tag, sorted(attrs)) for tag, attrs in reader.elements if tag != "wbr"]

    assert shape(hostile) == shape(plain)
    assert any(word in each for each in hostile.texts["bdi"])
    assert data_of(page(rich_content(word)))["recipients"]["classifiers"][-1] == word


@pytest.mark.parametrize("word", ["\x1b[31m", "\u202egnol", "\u2066x", "\x00", "a\u2028b", "\ud83d\u0007"])
def test_no_control_character_and_no_mark_of_direction_is_in_the_page(word: str) -> None:
    text = page(content(PEOPLE, title=word, rules=f"r{word}"))
    assert [each for each in set(text.partition("<script>")[0]) if not each.isprintable() and each != "\n"] == []
    text.encode("utf-8")


def test_data_hold_no_character_that_ends_a_script() -> None:
    written = embedded({"<": "</script>", "&": "<!--", "\u2028": "\u2029"})
    assert re.search(r"[<>&\u2028\u2029]", written) is None
    assert json.loads(written) == {"<": "</script>", "&": "<!--", "\u2028": "\u2029"}


def test_a_gate_that_failed_stands_before_those_that_passed_with_whom_it_is_about() -> None:
    gates = [
        Gate("recipients", passed=True, value=5, bound=">= 1"),
        Gate("classifiers.code.wrongly_suppressed", passed=False, value=2, bound="<= 0"),
    ]
    text = page(content(PEOPLE, gates=gates))
    assert "✗ 1 of 2 gates failed" in text
    assert text.index("✗ FAILED") < text.index("✓ passed")
    assert "alive, suppressed: news/ann@acme.example: 550 5.1.1 no such user (enhanced status 5.1.1)" in text


def test_what_is_not_asked_for_takes_no_room() -> None:
    text = page(content([Person("eve")]))
    assert {chart["kind"] for chart in data_of(text)["charts"]} == {"shares"}
    assert "All messages were delivered, and no hard bounce was reported." in text
    assert 'id="gates"' not in text
    assert "What mistakes cost" not in text


def test_an_incomplete_run_says_so() -> None:
    made = content(PEOPLE)
    made.scorecard.complete = False
    assert "This run is incomplete:" in page(made)
    assert "This run is incomplete:" not in page(content(PEOPLE))


def test_of_mail_that_another_system_sent_nothing_is_nameless() -> None:
    # Its log may say neither campaign nor time, and an address may be in no directory.
    people = [each._replace(campaign="", at=0.0) for each in (*PEOPLE, lied("ned")._replace(gateway=""))]
    made = content(people)
    made.scorecard.campaigns = {"news": DeliveryCounts(), **made.scorecard.campaigns}
    made.scorecard.transport = "foreign"
    text = page(made)
    assert "seed 7 · sent by another system</p>" in text
    rows = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", text)
    assert rows
    assert [row for row in rows if not re.sub(r"<[^>]*>", "", row).strip()] == []
    assert re.findall(r"<bdi>\s*</bdi>|<bdi>[^<]*,\s*</bdi>", text) == []
    assert "1970" not in text.partition("<script>")[0]
    assert ">Campaigns<" not in text


def test_a_gateway_is_named_alone_where_there_is_one_campaign() -> None:
    one = page(content([lied("ann"), Person("eve")]))
    assert "acme" in re.findall(r"<h3><bdi>(.*?)</bdi>", one)
    several = page(content([lied("ann"), lied("bob")._replace(campaign="june")]))
    assert {"acme, june", "acme, news"} <= set(re.findall(r"<h3><bdi>(.*?)</bdi>", several))
