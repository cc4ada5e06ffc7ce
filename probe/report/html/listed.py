"""Who was listed when, as one HTML page: what a look found, and a chart of the history. It has no script.

Texts of lists and records are a stranger's; see ``template``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from probe.harmless import clipped
from probe.judge.watched import WatchScore
from probe.listed.answer import FAULTS, State
from probe.listed.changes import Change, Place, Span, spans, worth_telling
from probe.listed.document import moment
from probe.listed.look import Look
from probe.report.html.template import rendered
from probe.report.listed_words import change_sentence, unknown_zones, verdict
from probe.report.summary import after_start

STYLES: Final = ("page.css", "listed.css")
_MOST: Final = 300
_MOST_ROWS: Final = 200
_MOST_CHANGES: Final = 1000
_THINNEST: Final = 0.4
"""Per cent of the width: a short entry is still seen."""


class Bar(NamedTuple):
    """A time in which a state was seen, in per cent of the chart's width."""

    left: str
    width: str
    state: str
    told: str


class Row(NamedTuple):
    """An address or a domain on a list, and its history."""

    subject: str
    zone: str
    bars: list[Bar]


class When(NamedTuple):
    """The chart of who was listed when: its rows, other moments, and both ends of its time."""

    rows: list[Row]
    marks: list[tuple[str, str]]
    begins: str
    ends: str
    more: int


class _Scale(NamedTuple):
    """The time of a chart, and how its moments are written."""

    first: float
    last: float
    shown: Callable[[float], str]

    def percent(self, at: float) -> float:
        return (at - self.first) / max(self.last - self.first, 1.0) * 100


def listed_page(look: Look, changed: Sequence[Change]) -> str:
    """Return the page's HTML. ``changed`` is the history in the order of time."""
    first = min((each.at for each in changed), default=look.at)
    return rendered(
        "listed.html.jinja",
        STYLES,
        heading=verdict(look),
        listings=[
            (entry.subject.name, entry.zone, "; ".join(entry.decided.means), clipped(entry.reason, _MOST), leave)
            for leave, entries in ((each.blocklist.leave, each.entries) for each in look.lists)
            for entry in entries
            if entry.decided.state is State.LISTED
        ],
        unknown=[(", ".join(zones), FAULTS[fault]) for fault, zones in unknown_zones(look).items()],
        dead=look.dead,
        posture=look.posture,
        when=_when(spans(changed, look.at), _Scale(first, look.at, moment), ()),
        changes=[(moment(each.at), change_sentence(each)) for each in worth_telling(changed)[-_MOST_CHANGES:]],
    )


def watched_when(watched: WatchScore) -> When:
    """Return the chart of a run that watched its blocklists, beside the first of what listings led to."""
    marks = [(watched.first_unseen_s, "first message in junk"), (watched.first_refused_s, "first refusal")]
    told = [(at, words) for at, words in marks if at]
    last = max([1.0, *(each.until_s for each in watched.seen), *(at for at, _ in told)])
    history: dict[Place, list[Span]] = {}
    for each in watched.seen:
        span = Span(State(each.state), each.since_s, each.until_s, each.told)
        history.setdefault(Place(each.subject, each.zone), []).append(span)
    return _when(history, _Scale(0.0, last, after_start), told)


def _when(history: Mapping[Place, Sequence[Span]], scale: _Scale, marks: Sequence[tuple[float, str]]) -> When:
    """Return the places that were ever listed, then those that were unknown."""
    rows = [
        Row(place.subject, place.zone, [_bar(each, scale) for each in seen if each.state is not State.NOT_LISTED])
        for place, seen in history.items()
    ]
    rows = [row for row in rows if row.bars]
    rows.sort(key=lambda row: (all(bar.state != State.LISTED for bar in row.bars), row.subject, row.zone))
    placed = [(f"{scale.percent(at):.2f}", f"{words}, {scale.shown(at)}") for at, words in marks]
    ends = scale.shown(scale.first), scale.shown(scale.last)
    return When(rows[:_MOST_ROWS], placed, *ends, max(0, len(rows) - _MOST_ROWS))


def _bar(span: Span, scale: _Scale) -> Bar:
    width = min(max(_THINNEST, scale.percent(span.until) - scale.percent(span.since)), 100.0)
    left = max(0.0, min(scale.percent(span.since), 100.0 - width))
    told = f"{span.state}, {scale.shown(span.since)} to {scale.shown(span.until)}. {span.told}"
    return Bar(f"{left:.2f}", f"{width:.2f}", span.state.value, told)
