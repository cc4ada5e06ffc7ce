"""The report as one page that needs nothing else: the answer first, then what it rests on.

What peers said, and the names of everything, are somebody else's words. Jinja escapes them where they stand in the
page, the data of charts and recipients are JSON without a character that a page could obey, and the page's policy lets
no other script run and nothing be fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final

import jinja2
from markupsafe import Markup

from probe.harmless import clipped, harmless
from probe.judge.findings import Finding, of_gates
from probe.judge.gates import Gate
from probe.judge.scorecard import NAIVE, Scorecard
from probe.judge.story import Key, Story
from probe.report.html import charts
from probe.report.html.figures import Chart
from probe.report.html.flow import COLUMNS, flow
from probe.report.html.onset import onsets
from probe.report.html.outcome import WORDS, Standing, standings
from probe.report.html.recipients import Dialogues, Readings, listing
from probe.report.summary import count, summary

SCRIPTS: Final = ("vega.js", "page.js")
_OBEYED: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


MISTAKES_SHOWN: Final = 10
LONGEST: Final = 500
"""Characters of a line about somebody."""


@dataclass(frozen=True)
class Content:
    """What a page is made of. ``naive`` is the reader whose word counts as reported, ``personas`` are the gateways'."""

    title: str
    scorecard: Scorecard
    gates: Sequence[Gate]
    told: Mapping[Key, Story]
    readings: Readings
    naive: str = NAIVE
    personas: Mapping[str, str] = field(default_factory=dict)
    dialogues: Dialogues = lambda _: {}


def page(content: Content) -> str:
    """Return the page."""
    card, scores = content.scorecard, content.scorecard.classifiers
    where = standings(content.told, content.readings[content.naive])
    listed = listing(content.told, {name: content.readings[name] for name in scores}, where, content.dialogues)
    begun = onsets(content.told, where)
    drawn: list[Chart] = []

    def number(chart: Chart) -> int:
        """Give a chart the number under which the page's script finds its data."""
        drawn.append(chart)
        return len(drawn) - 1

    def data() -> Markup:
        """Return the data of all charts that were numbered before, and the recipients."""
        kinds = {chart.kind: _specifications()[chart.kind] for chart in drawn}
        shown = [{name: getattr(chart, name) for name in ("kind", "data", "height", "most")} for chart in drawn]
        return embedded({"kinds": kinds, "charts": shown, "recipients": vars(listed)})

    return _template().render(
        title=content.title,
        card=card,
        sentences=summary(card),
        hard_bounces=_parts(card),
        gates=[
            (gate, _whom(finding))
            for gate, finding in zip(
                content.gates, of_gates(content.gates, content.told, content.readings), strict=True
            )
        ],
        naive=content.naive,
        words={where.value: words for where, words in WORDS.items()},
        columns=COLUMNS,
        flow=charts.of_flow(flow(content.told, where)),
        onsets=[charts.of_onset(each, several_campaigns=len(card.campaigns) > 1) for each in begun],
        onset_table=charts.table_of_onsets(begun),
        comparison=charts.comparison(scores),
        mistakes=charts.of_mistakes(scores),
        by_gateway=charts.by_gateway(scores),
        confusions=charts.confusions(scores),
        calibrations=charts.calibrations(scores),
        costs=charts.of_costs(scores),
        payments=charts.PAYMENTS,
        gateways=charts.gateways(card, content.personas),
        campaigns=charts.campaigns(card),
        breakdowns=charts.breakdowns(scores),
        recipients=listed,
        count=count,
        number=number,
        data=data,
        style=_piece("page.css"),
        scripts=[_piece(name) for name in SCRIPTS],
        policy=_policy(),
    )


def embedded(data: Any) -> Markup:
    """Return data as JSON that can stand in a script element: nothing in it ends the element or begins another."""
    return Markup(json.dumps(data, separators=(",", ":")).translate(_OBEYED))  # noqa: S704 - that is the escaping


def _parts(card: Scorecard) -> list[tuple[Standing, int, str]]:
    """Return what the hard bounces reported are made of."""
    truth = card.truth
    parts = (
        (Standing.GONE, truth.recipient_fault, "really gone"),
        (Standing.LIED, truth.disguised + truth.misread, "alive"),
    )
    return [part for part in parts if part[1]]


@cache
def _piece(name: str) -> Markup:
    text = resources.files("probe.report.html").joinpath(name).read_text("utf-8")
    return Markup(text)  # noqa: S704 - our own files


@cache
def _specifications() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_piece("charts.json"))
    return found


@cache
def _policy() -> str:
    """Return the page's content security policy: its own scripts, by their hashes, and nothing from anywhere."""
    digests = (hashlib.sha256(_piece(name).encode()).digest() for name in SCRIPTS)
    scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, finalize=_made_harmless, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_piece("page.html.jinja"))


def _made_harmless(value: Any) -> Any:
    """Take what could be obeyed from every text that is put into the page; what is markup already is ours."""
    return harmless(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _whom(finding: Finding) -> list[str]:
    """Return whom a gate that failed is about: the first, and how many more."""
    lines = [clipped(str(each), LONGEST) for each in finding.recipients[:MISTAKES_SHOWN]]
    more = len(finding.recipients) - len(lines)
    return [*lines, f"and {more:,} more"] if more else lines
