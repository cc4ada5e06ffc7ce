"""The report as one HTML page without external files: the summary first, then the figures behind it.

Replies, addresses and names come from outside, so they are not trusted. Jinja escapes them in the page, the data of
charts and recipients is JSON without characters that end a script element, and the content security policy allows no
other script and no requests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from probe.harmless import clipped
from probe.judge.findings import Finding
from probe.judge.gates import Gate, figure_text
from probe.judge.outcome import LABELS, RecipientOutcome
from probe.judge.report_counts import ReportCounts
from probe.judge.scorecard import Scorecard, naive_of
from probe.report.html import charts
from probe.report.html.figures import Chart
from probe.report.html.flow import COLUMNS, COLUMNS_AS_LOGGED, flow
from probe.report.html.listed import watched_when
from probe.report.html.recipients import Dialogues, list_recipients
from probe.report.html.template import piece, rendered
from probe.report.summary import count, received, summary, unknown_causes

if TYPE_CHECKING:
    from probe.report.html.diagnoses import FoundOfRun

SCRIPTS: Final = ("vega.js", "recipients.js", "page.js")
_ESCAPES: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


LONGEST: Final = 500
"""The most characters of a line about a recipient."""


@dataclass(frozen=True)
class PageContent:
    """The input of a page.

    ``findings`` has one for each gate, in the same order. ``counts`` are of the scorecard's classifiers, ``personas``
    are by gateway. ``diagnoses`` are there if experiments were made after the run.
    """

    title: str
    scorecard: Scorecard
    gates: Sequence[Gate]
    findings: Sequence[Finding]
    counts: ReportCounts
    personas: Mapping[str, str] = field(default_factory=dict)
    dialogues: Dialogues = lambda _: {}
    diagnoses: FoundOfRun | None = None


def page(content: PageContent) -> str:
    """Return the page's HTML."""
    card, scores = content.scorecard, content.scorecard.classifiers
    listed = list_recipients(content.counts, content.dialogues, as_logged=card.as_logged)
    begun = content.counts.onsets
    several_campaigns = sum(part.recipients > 0 for part in card.campaigns.values()) > 1
    drawn: list[Chart] = []

    def number(chart: Chart) -> int:
        """Return the number under which the page's script finds a chart's data."""
        drawn.append(chart)
        return len(drawn) - 1

    def data() -> Markup:
        """Return the data of all charts numbered so far, and the recipients."""
        kinds = {chart.kind: _specifications()[chart.kind] for chart in drawn}
        shown = [{name: getattr(chart, name) for name in ("kind", "data", "height", "most")} for chart in drawn]
        return embedded({"kinds": kinds, "charts": shown, "recipients": vars(listed)})

    return rendered(
        "page.html.jinja",
        ("page.css", "listed.css"),
        SCRIPTS,
        title=content.title,
        card=card,
        sentences=summary(card),
        figures=_figures(card),
        hard_bounces=_parts(card),
        gates=[
            (gate, _recipient_lines(finding)) for gate, finding in zip(content.gates, content.findings, strict=True)
        ],
        naive=naive_of(scores),
        words={where.value: words for where, words in LABELS.items()},
        columns=COLUMNS_AS_LOGGED if card.as_logged else COLUMNS,
        flow=charts.of_flow(flow(content.counts.paths), as_logged=card.as_logged),
        onsets=[charts.of_onset(each, several_campaigns=several_campaigns) for each in begun],
        diagnoses=content.diagnoses,
        onset_table=charts.table_of_onsets(begun, several_campaigns=several_campaigns, as_logged=card.as_logged),
        comparison=charts.comparison(scores),
        mistakes=charts.of_mistakes(scores),
        frontier=charts.of_frontier(scores, alive=card.truth.alive, gone=card.truth.gone),
        by_gateway=charts.by_gateway(scores),
        confusions=charts.confusions(scores),
        calibrations=charts.calibrations(scores),
        costs=charts.of_costs(scores),
        when=watched_when(card.watched),
        payments=charts.PAYMENTS,
        gateways=charts.gateways(card, content.personas),
        campaigns=charts.campaigns(card),
        breakdowns=charts.breakdowns(scores),
        recipients=listed,
        count=count,
        figure_text=figure_text,
        number=number,
        data=data,
    )


def embedded(data: Any) -> Markup:
    """Return data as JSON for a script element: nothing in it can end the element or start another."""
    return Markup(json.dumps(data, separators=(",", ":")).translate(_ESCAPES))  # noqa: S704 - this is the escaping


def _figures(card: Scorecard) -> list[tuple[str, str]]:
    """Return the headline figures, each with what it counts."""
    hard = card.hard_bounces_reported
    bounces = "hard bounce" if hard == 1 else "hard bounces"
    found = [
        (f"{received(card):,}", f"of {count(card.recipients, 'recipient')} received the message"),
        (f"{hard:,}", f"{bounces} reported ({card.hard_bounce_rate:.1%})"),
    ]
    if card.as_logged:
        unknown, refused = unknown_causes(card)
        found.insert(0, (f"{unknown:,}", f"of {count(refused, 'refused recipient')}: cause still unknown"))
    return found


def _parts(card: Scorecard) -> list[tuple[RecipientOutcome, int, str]]:
    """Return the parts of the reported hard bounces: outcome, number, label."""
    truth, hard = card.truth, max(1, card.hard_bounces_reported)
    gone, alive = ("gone, as the log says", "alive, as the log says") if card.as_logged else ("really gone", "alive")
    parts = (
        (RecipientOutcome.GONE, truth.recipient_fault, gone),
        (RecipientOutcome.LIED, truth.disguised + truth.misread, alive),
    )
    return [(where, size, f"{words} ({size / hard:.0%})") for where, size, words in parts if size]


@cache
def _specifications() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(piece("charts.json"))
    return found


def _recipient_lines(finding: Finding) -> list[str]:
    """Return what happened to the recipients behind a failed gate, and the first of them."""
    return [clipped(line, LONGEST) for line in finding.lines()]
