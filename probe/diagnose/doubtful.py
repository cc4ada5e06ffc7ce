"""Recipients of whom nobody is sure, in groups of those that were refused alike: whom to ask about next."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import exp, log
from typing import Final, NamedTuple

from fake_gateways.policies.session_view import network_of
from fake_gateways.truth import Cause
from probe.classify.context.reader import SURELY_ALIVE, SURELY_GONE
from probe.diagnose.belief import Belief
from probe.diagnose.conditions import Recipient
from probe.diagnose.diagnosis import Diagnosis, Step
from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.hypothesis import Hypothesis
from probe.diagnose.reply_kind import Answer, words_of
from probe.records.attempt import Attempt
from probe.records.rows import Diagnosis as DiagnosisRow
from probe.sender.transaction import result_of

_ALIKE: Final = 2.0
"""A group is alike: what was believed of its members before counts as much as so many answers."""
_UNASKED: Final = 8.0
"""The cost of the first diagnosis, until one has been made."""
_CONNECTION: Final = 1.0
_SUREST: Final = 1e-4
LONGEST_WAIT_S: Final = 3600.0
"""Only about the first member of a group an experiment may wait longer: time tells of the cause, not of the mailbox."""
_BY_OTHERS: Final = 0.98
_CERTAIN: Final = 1e-3
"""Nobody is asked about whose state is as certain as this."""
_AGAIN: Final = ("another-hour", "after-minutes", "again")
"""The experiments that change nothing but the time, the longest first."""


class Doubt(NamedTuple):
    """A refused recipient of whom ``context`` is not sure, by the last attempt. ``alive`` is how likely it is alive."""

    attempt: Attempt
    alive: float


class Likeness(NamedTuple):
    """What recipients of a group share, as far as a sender can see it.

    ``gateway`` is the name of the exchanger, without its first label where others may differ in that alone, ``network``
    its /24. ``source`` is the address that the mail came from.
    """

    campaign: str
    gateway: str
    network: str
    source: str
    stage: str
    words: str


class Finding(NamedTuple):
    """What is believed of a recipient: every cause, whether it is alive, and whether it was asked about itself."""

    causes: Mapping[Cause, float]
    alive: float
    asked: bool


@dataclass
class Group:
    """Recipients that were refused alike. What was found about one of them tells something of all."""

    likeness: Likeness
    members: Sequence[Doubt]
    asked: dict[str, Diagnosis] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._before = sum(each.alive for each in self.members) / len(self.members)

    def finding(self, member: Doubt) -> Finding:
        """Return what is believed of a member."""
        diagnosis = self.asked.get(member.attempt.recipient)
        if diagnosis is not None:
            return Finding(_ordered(_told(diagnosis).items()), diagnosis.belief.alive, asked=True)
        alive = self.alive(member)
        told: list[tuple[Hypothesis, float]] = [each for found in self._settled for each in _told(found).items()]
        causes: list[tuple[Hypothesis, float]] = []
        for is_alive, share in ((True, alive), (False, 1 - alive)):
            usual = Hypothesis(Cause.UNKNOWN if is_alive else Cause.USER_UNKNOWN, is_alive)
            same = [each for each in told if each[0].alive == is_alive and each[1]] or [(usual, 1.0)]
            total = sum(weight for _, weight in same)
            causes += [(hypothesis, share * weight / total) for hypothesis, weight in same]
        return Finding(_ordered(causes), alive, asked=False)

    def alive(self, member: Doubt) -> float:
        """Return how likely a member is alive, by what was found about it, or else about others."""
        diagnosis = self.asked.get(member.attempt.recipient)
        if diagnosis is not None:
            return diagnosis.belief.alive
        return self._by_others(member, len(self.asked), self._found_alive)

    def expectation(self, member: Doubt) -> Callable[[Belief], Belief]:
        """Return what the others tell of a member, as a change of the belief after its refusal.

        They alone do not settle whether it is alive: whoever is asked about is asked at least once.
        """
        asked = {name: each for name, each in self.asked.items() if name != member.attempt.recipient}
        others = replace(self, asked=asked)
        living = (each for found in others._settled for each in found.belief.hypotheses().items() if each[0].alive)  # noqa: SLF001
        return partial(
            Belief.expecting, alive=min(_BY_OTHERS, max(1 - _BY_OTHERS, others.alive(member))), causes=_ordered(living)
        )

    @property
    def all_causes(self) -> dict[Cause, float]:
        """The causes of all members, by their share, the most frequent first."""
        found: dict[Cause, float] = {}
        for member in self.members:
            for cause, weight in self.finding(member).causes.items():
                found[cause] = found.get(cause, 0.0) + weight / len(self.members)
        return dict(sorted(found.items(), key=lambda each: -each[1]))

    @property
    def is_still_refused(self) -> bool:
        """Whether somebody was refused again, and taken under another condition: the cause has not passed."""
        return any(not has_passed(each) and any(map(_is_taken, each.steps)) for each in self.asked.values())

    @property
    def settled(self) -> int:
        """How many members are settled."""
        return sum(is_settled(self.alive(each)) for each in self.members)

    @property
    def next(self) -> Doubt | None:
        """The member to ask about next: the least certain one, None if all are certain or were asked about."""
        left = [each for each in self._unasked if _doubt(self.alive(each)) > _CERTAIN]
        return min(left, key=lambda each: (-_doubt(self.alive(each)), each.attempt.recipient), default=None)

    @property
    def worth(self) -> float:
        """How many members one more diagnosis is expected to settle: the member itself, and others by what it tells."""
        member = self.next
        if member is None:
            return 0.0
        others = [each for each in self._unasked if each is not member]
        asked, found, alive = len(self.asked), self._found_alive, self.alive(member)
        now, if_gone, if_alive = (
            sum(is_settled(self._by_others(each, count, living)) for each in others)
            for count, living in ((asked, found), (asked + 1, found), (asked + 1, found + 1))
        )
        answered = sum(is_settled(each.belief.alive) for each in self.asked.values())
        itself = min(1.0, _doubt(alive) / SURELY_GONE)
        return (1 + answered) / (1 + asked) * (itself + max(0.0, alive * if_alive + (1 - alive) * if_gone - now))

    @property
    def _settled(self) -> list[Diagnosis]:
        return [each for each in self.asked.values() if is_settled(each.belief.alive)]

    @property
    def _unasked(self) -> list[Doubt]:
        return [each for each in self.members if each.attempt.recipient not in self.asked]

    @property
    def _found_alive(self) -> float:
        return sum(each.belief.alive for each in self.asked.values())

    def _by_others(self, member: Doubt, asked: int, found_alive: float) -> float:
        """Return how likely a member is alive if ``found_alive`` of those ``asked`` about are.

        The share of the living has a beta distribution, whose mean was what ``context`` believed of all members. The
        log odds of each move as far as those of the mean.
        """
        after = (_ALIKE * self._before + found_alive) / (_ALIKE + asked)
        return 1 / (1 + exp(-(_log_odds(member.alive) + _log_odds(after) - _log_odds(self._before))))


def is_settled(alive: float) -> bool:
    """Whether it is known if a mailbox is alive, as far as it matters."""
    return not SURELY_GONE < alive < SURELY_ALIVE


def _doubt(alive: float) -> float:
    """Return how likely the likelier answer is wrong."""
    return min(alive, 1 - alive)


def rows_of(group: Group, lane: str) -> Iterator[DiagnosisRow]:
    """Yield what is known of the members of a group that was asked about, as rows of the books."""
    found = group.asked.values()
    at = max((each.steps[-1].observed.at if each.steps else each.first.at for each in found), default=0.0)
    for member in group.members if found else ():
        causes, alive, asked = group.finding(member)
        likely = json.dumps({cause.value: weight for cause, weight in causes.items() if weight})
        attempt = member.attempt
        yield DiagnosisRow(lane, attempt.campaign, attempt.recipient, likely, alive, asked, at)


def has_passed(diagnosis: Diagnosis) -> bool:
    """Whether the gateway has taken the recipient when it was asked again: the cause has passed, and is not known."""
    first = next(iter(diagnosis.steps), None)
    return first is not None and first.experiment.name in _AGAIN and _is_taken(first)


def _is_taken(step: Step) -> bool:
    """Whether the recipient itself was taken."""
    is_about_it = step.experiment.conditions.recipient is Recipient.REFUSED
    return is_about_it and step.kind.startswith(Answer.TAKEN)


def _told(diagnosis: Diagnosis) -> dict[Hypothesis, float]:
    """Return what a diagnosis tells: patterns know which cause passes within minutes, not which one does in hours."""
    found: dict[Hypothesis, float] = {}
    passed = has_passed(diagnosis)
    for hypothesis, weight in diagnosis.belief.hypotheses().items():
        told = Hypothesis(Cause.UNKNOWN, alive=True) if passed and hypothesis.alive else hypothesis
        found[told] = found.get(told, 0.0) + weight
    return found


def _ordered(weights: Iterable[tuple[Hypothesis, float]]) -> dict[Cause, float]:
    """Return weights by cause, the heaviest first."""
    found: dict[Cause, float] = {}
    for hypothesis, weight in weights:
        if weight:
            found[hypothesis.cause] = found.get(hypothesis.cause, 0.0) + weight
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def again_after(seconds: float) -> Experiment:
    """Return the experiment that is made by repeating a dialogue some time after the refusal."""
    name = next((name for name in _AGAIN if EXPERIMENTS[name].conditions.wait_s <= seconds), "again")
    return EXPERIMENTS[name].now


def grouped(doubts: Iterable[Doubt]) -> list[Group]:
    """Return the groups of recipients, the largest first."""
    found: dict[Likeness, list[Doubt]] = {}
    for each in doubts:
        found.setdefault(likeness_of(each.attempt), []).append(each)
    groups = [Group(likeness, members) for likeness, members in found.items()]
    return sorted(groups, key=lambda group: (-len(group.members), group.likeness))


def likeness_of(attempt: Attempt) -> Likeness:
    """Return what a refused recipient shares with others."""
    host, _, parent = attempt.mx.partition(".")
    return Likeness(
        campaign=attempt.campaign,
        gateway=parent if parent.count(".") else f"{host}.{parent}".rstrip("."),
        network=network_of(attempt.mx_address),
        source=attempt.local_address,
        stage=attempt.stage,
        words=words_of(result_of(attempt), attempt.recipient),
    )


def most_worth(groups: Sequence[Group]) -> Group | None:
    """Return the group where one more diagnosis settles most for its cost, None if nobody is left to ask about.

    The next diagnosis of a group costs about as much as its last one, the first as much as the firsts of others.
    """
    of = {group.likeness: [each.cost for each in group.asked.values()] for group in groups}
    firsts = [costs[0] for costs in of.values() if costs]
    usual = (_UNASKED + sum(firsts)) / (1 + len(firsts))

    def worth_of_cost(group: Group) -> float:
        costs = of[group.likeness]
        return group.worth / max(_CONNECTION, costs[-1] if costs else usual)

    best = max(groups, key=worth_of_cost, default=None)
    return None if best is None or best.next is None else best


def _log_odds(probability: float) -> float:
    within = min(1 - _SUREST, max(_SUREST, probability))
    return log(within / (1 - within))
