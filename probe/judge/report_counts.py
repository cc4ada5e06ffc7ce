"""What the report shows besides the scorecard, counted recipient by recipient, so that parts of a run can be merged."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from probe.classify.evidence import Evidence
from probe.judge.errors import is_error
from probe.judge.onset import AttemptTimes, GatewayInCampaign, Onset, worst
from probe.judge.outcome import RecipientOutcome, outcome_of
from probe.judge.refusal_path import RefusalPath, path_of
from probe.judge.sample import Sample
from probe.judge.story import JudgedRecipient, Key, Story

LIST_ALL_UP_TO: Final = 1000
"""Of runs with at most so many recipients all are listed, also those that received the message."""
MOST_LISTED: Final = 6000
"""The most recipients that are kept with their stories: about as many as fill the page."""
MOST_LIVING: Final = 12_000
"""The most living recipients that a classifier would suppress and that are kept by name."""


class RecipientKind(NamedTuple):
    """What listed recipients have in common; ``wrong`` are the numbers of the classifiers that are wrong about them."""

    outcome: RecipientOutcome
    alive: bool
    wrong: tuple[int, ...]

    @property
    def is_of_interest(self) -> bool:
        """Whether the message was not delivered, or a classifier is wrong."""
        return bool(self.wrong) or self.outcome is not RecipientOutcome.DELIVERED


class LivingRecipient(NamedTuple):
    """A living recipient that a classifier would suppress; ``truth`` is said as the list of recipients says it."""

    kind: RecipientKind
    key: Key
    gateway: str
    truth: str


class ReportCounts:
    """What the report shows of a run or of a part of it.

    It is of bounded size after each lane and can be pickled. The results do not depend on the order of counting and
    merging, as long as a lane is counted in one part.
    """

    def __init__(self, classifiers: Sequence[str], naive: str) -> None:
        """Begin with nothing. ``naive`` is the classifier whose suppressions count as reported hard bounces."""
        self.classifiers = tuple(classifiers)
        self._naive = naive
        self._recipients = 0
        self._paths: Counter[RefusalPath] = Counter()
        self._times: dict[tuple[str, str], AttemptTimes] = {}
        self._onsets: list[Onset] = []
        # Stories are kept as pickles: a third of the memory, and nothing to do when a part is handed over.
        self._listed: Sample[RecipientKind, tuple[float, bytes]] = Sample(MOST_LISTED)
        self._living: Sample[RecipientKind, tuple[str, str]] = Sample(MOST_LIVING)
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def count(self, recipient: JudgedRecipient) -> None:
        """Count a recipient. A missing reading counts as keep."""
        key, story, readings = recipient
        suppressing = [name for name, reading in readings.items() if reading.suppress]
        alive = story.mailbox.alive
        outcome = outcome_of(alive=alive, bounced=story.evidence.bounced, reported=self._naive in suppressing)
        wrong = [
            number
            for number, name in enumerate(self.classifiers)
            if is_error(alive=alive, suppressed=name in suppressing)
        ]
        self._recipients += 1
        if self._recipients == LIST_ALL_UP_TO + 1:
            self._forget_the_rest()
        if story.gateway:
            place = story.gateway, key[0]
            if place not in self._times:
                self._times[place] = AttemptTimes()
            self._times[place].count(story, outcome)
        if outcome is not RecipientOutcome.DELIVERED:
            self._paths[path_of(story, outcome)] += 1
        elif not wrong and not self.is_everybody:
            return
        kind = RecipientKind(outcome, alive, tuple(wrong))
        self._listed.add(kind, key, lambda: self._packed(recipient))
        if alive and wrong:
            known = story.gateway, true_words(story)
            self._living.add(kind, key, lambda: self._known.setdefault(known, known))

    def end_of_lane(self) -> None:
        """Keep only the gateways that are shown, as a gateway belongs to one lane."""
        self._onsets = self.onsets
        self._times = {}

    def merge(self, other: ReportCounts) -> None:
        """Add what another one of the same classifiers has counted."""
        self._recipients += other._recipients
        self._paths.update(other._paths)
        for place, times in other._times.items():
            self._times.setdefault(place, AttemptTimes()).merge(times)
        self._onsets = worst([*self._onsets, *other._onsets])
        self._listed.merge(other._listed)
        self._living.merge(other._living)
        if not self.is_everybody:
            self._forget_the_rest()

    def _forget_the_rest(self) -> None:
        self._listed.forget([kind for kind in self._listed.sizes if not kind.is_of_interest])

    def _packed(self, recipient: JudgedRecipient) -> tuple[float, bytes]:
        """Return the time of the first attempt, and what the list shows of a recipient.

        It shows neither earlier campaigns nor what other classifiers say.
        """
        key, (evidence, *rest), readings = recipient
        shown = {name: readings[name] for name in self.classifiers if name in readings}
        packed = pickle.dumps((key, evidence.attempts, evidence.returned, rest, shown))
        return evidence.attempts[0].at, packed

    @property
    def paths(self) -> Counter[RefusalPath]:
        """The recipients that were not delivered, or were reported as hard bounces, by path."""
        return Counter(dict(sorted(self._paths.items())))

    @property
    def onsets(self) -> list[Onset]:
        """The gateways that refused most living recipients, the worst first."""
        found = (times.onset(GatewayInCampaign(*place)) for place, times in self._times.items())
        return worst([*self._onsets, *(each for each in found if each is not None)])

    @property
    def is_everybody(self) -> bool:
        """Whether the run is so small that everybody is listed."""
        return self._recipients <= LIST_ALL_UP_TO

    @property
    def of_interest(self) -> int:
        """The number of recipients among which the listed ones are chosen."""
        return self._listed.sizes.total()

    @property
    def outcomes(self) -> list[RecipientOutcome]:
        """The outcomes of those recipients."""
        there = {kind.outcome for kind in self._listed.sizes}
        return [outcome for outcome in RecipientOutcome if outcome in there]

    def listed(self, most: int) -> Iterator[tuple[RecipientKind, JudgedRecipient]]:
        """Yield at most so many recipients, small kinds whole, in the order of the campaign."""
        for _, _, kind, packed in sorted(
            (at, key, kind, packed) for kind, key, (at, packed) in self._listed.drawn(most)
        ):
            yield kind, _unpacked(packed)

    @property
    def living(self) -> list[LivingRecipient]:
        """Living recipients that a classifier would suppress, in no particular order."""
        return [LivingRecipient(kind, key, *known) for kind, key, known in self._living.drawn()]

    @property
    def living_suppressed(self) -> int:
        """The number of all living recipients that a classifier would suppress."""
        return self._living.sizes.total()


def true_words(story: Story) -> str:
    """Return what is true of a recipient, such as ``alive; velocity, claimed as user-unknown``."""
    state = "alive" if story.mailbox.alive else "gone"
    if story.cause is None:
        return state
    claimed = ""
    if story.truth is not None and not story.truth.honest:
        claimed = f", claimed as {story.truth.claimed}"
    return f"{state}; {story.cause.value}{claimed}"


def _unpacked(packed: bytes) -> JudgedRecipient:
    key, attempts, returned, rest, shown = pickle.loads(packed)  # noqa: S301 - our own, never from a file
    return JudgedRecipient(key, Story(Evidence(key[1], attempts, returned), *rest), shown)
