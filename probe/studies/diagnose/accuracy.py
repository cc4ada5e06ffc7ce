"""How often diagnoses were right, what they cost, and how often other verifiers were right about the same mailboxes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from typing import Final, NamedTuple, TypeVar

from fake_gateways.truth import Cause
from probe.diagnose.choice import Stopped
from probe.diagnose.hypothesis import Hypothesis, told_apart
from probe.judge.interval import Z, wilson
from probe.studies.diagnose.cases import Case
from probe.studies.diagnose.noise import Noise
from probe.studies.diagnose.told import Told
from probe.studies.diagnose.verifiers import Verdict

Each = TypeVar("Each")
WITHOUT_NOISE: Final = "without noise"
WITH_NOISE: Final = "with noise"
HELD_OUT: Final = "vendor held out"
HELD_OUT_WITH_NOISE: Final = "vendor held out, with noise"
MAIN: Final = (WITHOUT_NOISE, WITH_NOISE, HELD_OUT, HELD_OUT_WITH_NOISE)
HONEST: Final = "honest"
LYING: Final = "lying"
"""Parts of those without noise: the reply to the first refusal says the cause, or another one."""


class Subject(NamedTuple):
    """A refused recipient, and what is true.

    ``noise`` is what disturbs the gateway after the refusal, ``told`` what all experiments without noise could tell.
    """

    case: Case
    truth: Hypothesis
    noise: Noise | None
    told: Told


class Diagnosed(NamedTuple):
    """What was found out about a recipient: the probability of each cause, and that the mailbox is alive.

    ``says_alive`` is the verdict, None if it is left open. ``blocks`` are answers to experiments by a block that they
    had provoked. With ``held_out`` the patterns are those of other vendors. ``verdicts`` are what others say.
    """

    subject: Subject
    causes: Mapping[Cause, float]
    alive: float
    says_alive: bool | None
    stopped: Stopped
    experiments: int
    messages: int
    recipients: int
    seconds: float
    blocks: int
    held_out: bool = False
    verdicts: Mapping[str, Verdict] = {}

    @property
    def cause(self) -> Cause:
        """The likeliest cause."""
        return max(self.causes, key=lambda cause: self.causes[cause])

    @property
    def is_right(self) -> bool:
        """Whether the cause is right, as far as it matters to a sender."""
        return told_apart(self.cause) is told_apart(self.subject.truth.cause)

    @property
    def is_decided(self) -> bool:
        """Whether nothing more had to be found out."""
        return self.stopped is Stopped.DECIDED

    @property
    def is_wrong(self) -> bool:
        """Whether a wrong cause was decided, or the mailbox is said to be what it is not."""
        wrong_mailbox = self.says_alive is not None and self.says_alive is not self.subject.truth.alive
        return wrong_mailbox or (self.is_decided and not self.is_right)

    @property
    def mailbox_is_right(self) -> bool:
        """Whether the likelier state of the mailbox is the true one."""
        return (self.alive > 1 / 2) == self.subject.truth.alive


class Figure(NamedTuple):
    """A figure, and its interval with 95 % confidence; of how many. ``value`` is None if it is of nothing."""

    value: float | None
    low: float
    high: float
    of: int


class Accuracy(NamedTuple):
    """How often diagnoses were right.

    ``cause_told`` and ``mailbox_told`` are what all experiments together could tell. The right ones among these are
    ``..._where_told``, those among the decided ones ``..._if_decided``. ``living_called_gone`` is of the living,
    ``living_behind_ip_called_gone`` of those who are refused for an IP address; a verdict that is left open calls
    nobody anything. ``honest_called_lies`` are honest refusals for which another cause was decided. ``own_blocks`` are
    wrong verdicts after a block that the experiments had provoked. The Brier scores are 0 at best; a coin's is 0.25 for
    the mailbox.
    """

    cause_told: Figure
    mailbox_told: Figure
    cause_right: Figure
    cause_right_where_told: Figure
    mailbox_right: Figure
    mailbox_right_where_told: Figure
    decided: Figure
    cause_right_if_decided: Figure
    mailbox_right_if_decided: Figure
    living_called_gone: Figure
    living_behind_ip_called_gone: Figure
    gone_called_living: Figure
    honest_called_lies: Figure
    own_blocks: Figure
    brier_cause: Figure
    brier_mailbox: Figure


class Spent(NamedTuple):
    """What the diagnoses of half of the recipients cost at most, and those of 95 of 100."""

    median: Figure
    most: Figure


class Others(NamedTuple):
    """How often a verifier was wrong about the mailbox, of the living and of the gone, and how often it cannot tell."""

    living_called_gone: Figure
    gone_called_living: Figure
    unknown: Figure
    probes: float


def groups(found: Iterable[Diagnosed]) -> dict[str, list[Diagnosed]]:
    """Return the diagnoses by group: without noise and with it, the same with vendors held out, and parts of these."""
    of: dict[str, list[Diagnosed]] = {name: [] for name in (*MAIN, HONEST, LYING, *Noise)}
    for each in found:
        for name in _groups_of(each):
            of[name].append(each)
    return {name: some for name, some in of.items() if some}


def _groups_of(each: Diagnosed) -> tuple[str, ...]:
    noise = each.subject.noise
    if each.held_out:
        return (HELD_OUT if noise is None else HELD_OUT_WITH_NOISE,)
    if noise is not None:
        return (WITH_NOISE, noise.value)
    return (WITHOUT_NOISE, LYING if each.subject.case.lies else HONEST)


def accuracy(found: Sequence[Diagnosed]) -> Accuracy:
    """Count how often diagnoses were right."""
    decided = [each for each in found if each.is_decided]
    living = [each for each in found if each.subject.truth.alive]
    gone = [each for each in found if not each.subject.truth.alive]
    honest = [each for each in found if not each.subject.case.lies]
    behind_ip = [each for each in living if each.subject.case.cause is Cause.IP_REPUTATION]
    cause_told = [each for each in found if each.subject.told.cause]
    mailbox_told = [each for each in found if each.subject.told.mailbox]
    return Accuracy(
        cause_told=_share(found, lambda each: each.subject.told.cause),
        mailbox_told=_share(found, lambda each: each.subject.told.mailbox),
        cause_right=_share(found, lambda each: each.is_right),
        cause_right_where_told=_share(cause_told, lambda each: each.is_right),
        mailbox_right=_share(found, lambda each: each.mailbox_is_right),
        mailbox_right_where_told=_share(mailbox_told, lambda each: each.mailbox_is_right),
        decided=_share(found, lambda each: each.is_decided),
        cause_right_if_decided=_share(decided, lambda each: each.is_right),
        mailbox_right_if_decided=_share(decided, lambda each: each.mailbox_is_right),
        living_called_gone=_share(living, lambda each: each.says_alive is False),
        living_behind_ip_called_gone=_share(behind_ip, lambda each: each.says_alive is False),
        gone_called_living=_share(gone, lambda each: each.says_alive is True),
        honest_called_lies=_share(honest, lambda each: each.is_decided and not each.is_right),
        own_blocks=_share(found, lambda each: each.blocks > 0 and each.is_wrong),
        brier_cause=_mean([_distance(each) for each in found]),
        brier_mailbox=_mean([(each.alive - each.subject.truth.alive) ** 2 for each in found]),
    )


def by_cause(found: Iterable[Diagnosed]) -> dict[str, list[Diagnosed]]:
    """Return the diagnoses of each true cause."""
    of: dict[str, list[Diagnosed]] = defaultdict(list)
    for each in found:
        of[each.subject.truth.cause.value].append(each)
    return dict(sorted(of.items()))


def spent(found: Sequence[Diagnosed]) -> dict[str, Spent]:
    """Return the experiments, the recipients asked about, the messages delivered, and the minutes that passed."""
    return {
        "experiments": _percentiles([each.experiments for each in found]),
        "recipients": _percentiles([each.recipients for each in found]),
        "messages": _percentiles([each.messages for each in found]),
        "minutes": _percentiles([each.seconds / 60 for each in found]),
    }


def confusion(found: Iterable[Diagnosed]) -> dict[str, dict[str, int]]:
    """Return how often each true cause was diagnosed as each cause."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for each in found:
        counts[told_apart(each.subject.truth.cause).value][told_apart(each.cause).value] += 1
    return {true: dict(said.most_common()) for true, said in sorted(counts.items())}


def mixed_up(found: Iterable[Diagnosed]) -> list[tuple[str, str, int, int]]:
    """Return true cause, diagnosed cause, how often, and for how many of these experiments could have told."""
    wrong = [each for each in found if not each.is_right]
    pairs = Counter((told_apart(each.subject.truth.cause).value, told_apart(each.cause).value) for each in wrong)
    could = Counter(
        (told_apart(each.subject.truth.cause).value, told_apart(each.cause).value)
        for each in wrong
        if each.subject.told.cause
    )
    return [(true, said, times, could[true, said]) for (true, said), times in pairs.most_common()]


def others(found: Iterable[Diagnosed]) -> dict[str, Others]:
    """Return how often each verifier was wrong about the mailboxes, fivefifty's own verdict first."""
    verdicts: dict[str, list[tuple[bool, Verdict]]] = defaultdict(list)
    for each in found:
        if not each.held_out:
            alive = each.subject.truth.alive
            verdicts["fivefifty diagnose"].append((alive, Verdict(each.says_alive, each.recipients)))
            for name, verdict in each.verdicts.items():
                verdicts[name].append((alive, verdict))
    return {name: _others(told) for name, told in verdicts.items()}


def _others(told: Sequence[tuple[bool, Verdict]]) -> Others:
    living = [verdict for alive, verdict in told if alive]
    gone = [verdict for alive, verdict in told if not alive]
    return Others(
        _share(living, lambda verdict: verdict.alive is False),
        _share(gone, lambda verdict: verdict.alive is True),
        _share(told, lambda each: each[1].alive is None),
        round(sum(verdict.probes for _, verdict in told) / len(told), 2),
    )


def _distance(each: Diagnosed) -> float:
    """Return the squared distance of the probabilities of all causes from the truth, from 0 to 2."""
    said: Counter[Cause] = Counter()
    for cause, probability in each.causes.items():
        said[told_apart(cause)] += probability  # type: ignore[assignment]  # a Counter of floats
    said[told_apart(each.subject.truth.cause)] -= 1
    return sum(value * value for value in said.values())


def _share(of: Sequence[Each], is_hit: Callable[[Each], bool]) -> Figure:
    hits = sum(map(is_hit, of))
    return Figure(hits / len(of) if of else None, *wilson(hits, len(of)), len(of))


def _mean(values: Sequence[float]) -> Figure:
    """Return a mean of what is not negative, with the interval of the normal approximation."""
    mean = sum(values) / len(values)
    reach = Z * sqrt(sum((value - mean) ** 2 for value in values)) / len(values)
    return Figure(mean, max(mean - reach, 0.0), mean + reach, len(values))


def _percentiles(values: Sequence[float]) -> Spent:
    ordered = sorted(values)
    return Spent(_percentile(ordered, 1 / 2), _percentile(ordered, 0.95))


def _percentile(ordered: Sequence[float], share: float) -> Figure:
    """Return a percentile, with the values at the ends of the binomial interval of its rank."""
    count = len(ordered)
    reach = Z * sqrt(count * share * (1 - share))

    def at(rank: float) -> float:
        return ordered[min(max(int(rank), 0), count - 1)]

    return Figure(at(count * share), at(count * share - reach), at(count * share + reach), count)
