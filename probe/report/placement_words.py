"""What was found about placement in sentences: the share in the inbox, the alarm, what could not be seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from probe.placement.document import Found, Part
from probe.report.summary import count

_MINUTE_S: Final = 60


def sentences(found: Found) -> Iterator[str]:
    """Yield sentences, the most important first."""
    last = found.campaigns[-1] if found.campaigns else found.all
    yield f"{last.name}: {share_words(last)}."
    yield alarm_words(found)
    if found.not_seen:
        seed, why = next(iter(found.not_seen.items()))
        yield f"{count(len(found.not_seen), 'seed')} could not be read: {seed} ({why})."


def share_words(part: Part) -> str:
    """Return how much of the mail to the seeds is in the inbox, and how sure that is."""
    if part.share is None:
        return "no seed could be read, so nothing is known"
    of = f"{count(part.seeds, 'seed')} at {count(part.providers, 'provider')}"
    words = f"{part.share:.0%} of the mail to {of} is in the inbox"
    true = "" if part.true_share is None else f"; of all mail to the living it is {part.true_share:.1%}"
    return f"{words} (95 %: {part.low:.0%} to {part.high:.0%}){true}"


def took_words(part: Part) -> str:
    """Return how long the messages took, as a median; nothing if that is not known."""
    if part.seconds is None:
        return ""
    return f"{part.seconds:.0f} s" if part.seconds < 2 * _MINUTE_S else f"{part.seconds / _MINUTE_S:,.0f} min"


def alarm_words(found: Found) -> str:
    """Return what the alarm says after the last check."""
    learning = found.learns - sum(each.share is not None for each in found.campaigns) + 1
    if learning > 0:
        return f"No alarm yet: it can be raised after {count(learning, 'more check')}."
    last = found.checks[-1]
    if not last.is_raised:
        return "No alarm." if last.usual is None else f"No alarm: the share is as usual ({last.usual:.0%})."
    began = next(each for each in reversed(found.checks) if not each.is_raised or each is found.checks[0])
    since = found.checks[min(found.checks.index(began) + 1, len(found.checks) - 1)]
    where = f", most at {', '.join(last.fallen[:3])}" if last.fallen else ""
    return f"ALARM since {since.campaign}: the share has fallen from {last.usual or 0:.0%}{where}."
