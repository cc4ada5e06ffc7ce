"""Reads what the books of a run say: the stories of its recipients, the readings, the gates, the prices."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from fake_gateways.smtp.envelope import domain_of
from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice, Reading
from probe.input_error import InputError, one_of
from probe.judge import gates
from probe.judge.classifier_score import Site
from probe.judge.conservation import FinishedLane, broken_laws
from probe.judge.kinds import place_of, rule_in
from probe.judge.lane_stories import LaneStories, Orphans
from probe.judge.scorecard import NAIVE, Scorecard
from probe.judge.story import JudgedRecipient, Key
from probe.judge.tally import Tally
from probe.ledger import Ledger
from probe.records.parts import PartHash
from probe.records.returned import Returned
from probe.records.rows import Classification
from probe.scenario.prices import MistakePrices

_UNFINISHED: Final = "unfinished"
"""The note that names the classifiers whose readings are being written."""


_MOST_TOLD: Final = 3
"""Broken laws that a BooksError names."""


class BooksError(Exception):
    """The books are not whole, or attempts and decisions do not join: a fault of fivefifty, exit code 3."""


def bounds(
    expect: Mapping[str, Any],
    classifiers: Iterable[str],
    *,
    gateways: Iterable[str],
    campaigns: Iterable[str],
    place: str,
) -> list[gates.Bound]:
    """Read gates against a scorecard of zeros; raises InputError, also for a classifier that does not read the run."""
    sites = dict.fromkeys(gateways, Site("", 0))
    card = Tally(classifiers, NAIVE).scorecard(Scorecard("", 0, "", complete=False), sites, campaigns)
    for name in gates.classifiers_in(expect):
        if name not in card.classifiers:
            remedy = f"name it with --classifier or in the scenario's classifiers, or {one_of(name, card.classifiers)}"
            raise InputError(f"{place}.classifiers.{name}", f"{name} does not read this run", remedy)
    return gates.bounds(expect, dataclasses.asdict(card), place)


def expect_in_books(ledger: Ledger) -> dict[str, Any]:
    """Return the gates of the scenario in the books, as they are written."""
    found: dict[str, Any] = json.loads(ledger.note("expect") or "{}")
    return found


def bounds_in_books(ledger: Ledger, classifiers: Iterable[str], more: Iterable[str] = ()) -> list[gates.Bound]:
    """Read the gates of the scenario in the books, and ``more`` as written on the command line.

    Raises InputError.
    """
    names = {
        "classifiers": list(classifiers),
        "gateways": [each.name for each in ledger.gateways()],
        "campaigns": ledger.campaigns,
    }
    found = bounds(expect_in_books(ledger), place=f"{ledger.path}: expect", **names)
    for text in more:
        found += bounds(gates.from_text(text), place="--gate", **names)
    return found


def prices_of(ledger: Ledger) -> MistakePrices:
    """Return the prices of the scenario in the books."""
    return MistakePrices.model_validate_json(ledger.note("prices") or "{}")


def _real_servers(ledger: Ledger) -> frozenset[str]:
    """Return the IP addresses of the exchangers that are no gateways of ours."""
    return frozenset(json.loads(ledger.note("foreign") or "[]"))


class LaneReader:
    """Reads the books of a run lane by lane."""

    def __init__(self, ledger: Ledger) -> None:
        self._foreign = _real_servers(ledger)
        self._several_campaigns = len(ledger.campaigns) > 1
        self._addresses = {each.name: each.address for each in ledger.gateways()}
        self._lanes = {lane.name: lane for lane in ledger.lanes()}
        # Real servers send their reports to one mailbox; the reports belong to no lane.
        self._elsewhere = list(ledger.lane("", ()).returned()) if self._foreign else []

    def stories(self, name: str) -> LaneStories:
        """Return the stories of a lane."""
        return LaneStories(
            self._lanes[name],
            self._addresses,
            self._foreign,
            self._elsewhere,
            several_campaigns=self._several_campaigns,
        )

    def stored(self, name: str, classifiers: Iterable[str]) -> StoredReadings:
        """Return the readings of a lane by these classifiers that are in the books."""
        return StoredReadings({each: self._lanes[name].readings(each) for each in classifiers})

    @property
    def lanes(self) -> Iterable[str]:
        """The names of all lanes, in the order of the plan."""
        return self._lanes

    def returned_elsewhere(self) -> tuple[list[Returned], dict[str, str]]:
        """Return the mail that came back to no lane, and the hash of its part of the books."""
        part = PartHash(Returned, "")
        for row in self._elsewhere:
            part.add(row)
        return self._elsewhere, {part.name: part.hexdigest()} if self._elsewhere else {}


class CampaignStream:
    """The evidence of a campaign, of all lanes or of some. Each iteration reads it from the books again."""

    def __init__(self, reader: LaneReader, campaign: str, lanes: Iterable[str]) -> None:
        self._reader = reader
        self._campaign = campaign
        self._lanes = lanes
        self._lane_of: dict[str, str] = {}

    def __iter__(self) -> Iterator[Evidence]:
        for lane in self._lanes:
            for (campaign, recipient), story in self._reader.stories(lane):
                if campaign == self._campaign:
                    self._lane_of[domain_of(recipient)] = lane
                    yield story.evidence

    def lane_of(self, recipient: str) -> str:
        """Return the lane of a recipient that has been read: all recipients of a domain are in one."""
        return self._lane_of[domain_of(recipient)]


class StoredReadings:
    """The readings of a lane in the books, by classifier."""

    def __init__(self, rows: Mapping[str, Iterator[Classification]]) -> None:
        self._of = {name: _ReadingsAhead(each) for name, each in rows.items()}

    def about(self, key: Key) -> dict[str, Reading]:
        """Return the readings there are of a recipient. Each recipient can be asked for once."""
        return {name: reading for name, found in self._of.items() if (reading := found.take(key)) is not None}


class _ReadingsAhead:
    """The readings of one classifier. They are usually asked for in the order in which they were written."""

    def __init__(self, rows: Iterator[Classification]) -> None:
        self._rows = rows
        self._ahead: dict[Key, Reading] = {}

    def take(self, key: Key) -> Reading | None:
        found = self._ahead.pop(key, None)
        while found is None:
            row = next(self._rows, None)
            if row is None:
                return None
            cause = None if row.cause is None else Cause(row.cause)
            # The place of a rule is not a column, as the reason names it.
            reading = Reading(cause, row.reason, row.alive, Advice(row.advice), place_of(rule_in(row.reason)))
            if (row.campaign, row.recipient) == key:
                return reading
            self._ahead[row.campaign, row.recipient] = reading
        return found


def judged_before(ledger: Ledger, classifiers: Collection[str]) -> Iterator[JudgedRecipient]:
    """Yield the recipients with the readings in the books, from the last time that these classifiers read them."""
    reader = LaneReader(ledger)
    for lane in reader.lanes:
        stored = reader.stored(lane, classifiers)
        for key, story in reader.stories(lane):
            yield JudgedRecipient(key, story, stored.about(key))


def judged_in(path: Path, classifiers: Collection[str]) -> Iterator[JudgedRecipient]:
    """Open the books of a run, and yield the recipients with the readings there."""
    with Ledger.open(path) as ledger:
        yield from judged_before(ledger, classifiers)


def require_whole(ledger: Ledger, tried: Mapping[str, int], orphans: Orphans) -> None:
    """Raise BooksError if the books of a finished run are not whole. ``tried`` is how many deliveries have attempts."""
    planned, written = {each.name: each.planned for each in ledger.known_lanes()}, ledger.finished_lanes()
    lanes = [
        FinishedLane(each.name, each.gateways, planned[each.name], tried.get(each.name, 0), written.get(each.name))
        for each in ledger.lanes()
    ]
    broken = list(broken_laws(lanes, ledger.rows_by_owner(), foreign=bool(_real_servers(ledger))))
    if orphans.attempts or orphans.decisions:
        broken.append(str(orphans))
    if broken:
        raise BooksError(
            "; ".join(broken[:_MOST_TOLD]) + f", and {len(broken) - _MOST_TOLD} more" * (len(broken) > _MOST_TOLD)
        )


@contextmanager
def judging(ledger: Ledger, classifiers: Collection[str]) -> Iterator[None]:
    """Delete the earlier readings of classifiers, and note whose are being written.

    If they are not written to the end, the note stays.
    """
    ledger.note(_UNFINISHED, json.dumps(sorted({*classifiers, *_unfinished(ledger)})))
    for name in classifiers:
        ledger.forget(name)
    yield
    ledger.note(_UNFINISHED, json.dumps(sorted(_unfinished(ledger) - {*classifiers})))


def require_whole_readings(ledger: Ledger, classifiers: Collection[str]) -> None:
    """Raise InputError if readings of these classifiers are missing, as a missing one would count as advice to keep."""
    for name in classifiers:
        if name in _unfinished(ledger):
            problem = f"lacks readings of classifier {name}, because the command that let it read did not end"
            raise InputError(ledger.path, problem, "judge the run with fivefifty check")


def _unfinished(ledger: Ledger) -> set[str]:
    return set(json.loads(ledger.note(_UNFINISHED) or "[]"))


def classifiers_before(ledger: Ledger, wanted: Collection[str] = ()) -> list[str]:
    """Return the classifiers that read the books before, or those ``wanted``; raises InputError if one never did."""
    known = ledger.classifiers()
    for name in wanted:
        if name not in known:
            problem = f"has no advice of classifier {name}"
            raise InputError(ledger.path, problem, f"it has: {', '.join(known) or 'none'}; see fivefifty check")
    names = list(wanted or known)
    require_whole_readings(ledger, names)
    return names
