"""Where mail to seed mailboxes lands, as one HTML page without a script: sentences, a chart over time, tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from probe.placement.document import Found, Part
from probe.report.html.template import rendered
from probe.report.placement_words import sentences, took_words

STYLES: Final = ("page.css", "placement.css")
_WIDTH: Final = 1000.0
_HEIGHT: Final = 240.0
_MOST_DRAWN: Final = 120
_TITLES: Final = (
    ("By campaign", "Campaign"),
    ("By provider", "Provider"),
    ("By IP address", "IP address"),
    ("By content", "Content"),
)


class Drawn(NamedTuple):
    """A check in the chart: where it is, the share with its interval, and whether the alarm was raised."""

    name: str
    x: float
    y: float
    top: float
    bottom: float
    is_raised: bool


class Row(NamedTuple):
    """A row of a table."""

    name: str
    cells: Sequence[str]


def placement_page(found: Found) -> str:
    """Return the page's HTML."""
    first, *others = sentences(found)
    # The newest campaign stands first, and very old ones only in the document.
    parts = (found.campaigns[: -_MOST_DRAWN - 1 : -1], found.providers, found.sources, found.variants)
    is_lab = found.all.true_share is not None
    return rendered(
        "placement.html.jinja",
        STYLES,
        heading="Where does the mail land?",
        first=first,
        sentences=others,
        is_raised=found.is_raised,
        drawn=list(_drawn(found)),
        width=_WIDTH,
        height=_HEIGHT,
        headings=[
            "Inbox",
            "95 %",
            "Junk",
            "Other",
            "Missing",
            "Not read",
            "Seeds",
            *(["True share"] if is_lab else []),
        ],
        tables=[
            (title, heading, [_row(each, is_lab=is_lab) for each in some])
            for (title, heading), some in zip(_TITLES, parts, strict=True)
            if some
        ],
    )


def _drawn(found: Found) -> Iterator[Drawn]:
    """Yield the last checks from left to right."""
    raised = {each.campaign for each in found.checks if each.is_raised}
    shown = [each for each in found.campaigns if each.share is not None][-_MOST_DRAWN:]
    for place, each in enumerate(shown):
        yield Drawn(
            each.name,
            round((place + 0.5) * _WIDTH / len(shown), 1),
            round((1 - (each.share or 0.0)) * _HEIGHT, 1),
            round((1 - each.high) * _HEIGHT, 1),
            round((1 - each.low) * _HEIGHT, 1),
            each.name in raised,
        )


def _row(part: Part, *, is_lab: bool) -> Row:
    cells = [
        "unknown" if part.share is None else f"{part.share:.0%}",
        f"{part.low * 100:.0f}-{part.high:.0%}",
        *(f"{each:,}" for each in (part.junk, part.other, part.missing, part.not_seen, part.seeds)),
        took_words(part),
    ]
    if is_lab:
        cells.append("" if part.true_share is None else f"{part.true_share:.1%}")
    return Row(part.name, cells)
