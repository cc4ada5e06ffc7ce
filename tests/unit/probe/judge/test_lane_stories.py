"""The stories of a lane, read as streams, are those that reading everything at once gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from book_rows import STARTS, attempt, probe, returned, truth
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Cause, Fate, Truth
from probe.classify.evidence import Diagnosed
from probe.judge.join import join
from probe.judge.lane_stories import LaneStories, Orphans
from probe.judge.story import build_stories, without_lanes
from probe.records.attempt import Attempt, Failure
from probe.records.returned import Returned
from probe.records.rows import Diagnosis, Mailbox, Probe


@dataclass
class Rows:
    """The rows of a lane with one gateway."""

    decided: Sequence[Truth]
    tried: Sequence[Attempt]
    back: Sequence[Returned] = ()
    known: Sequence[Mailbox] = ()
    found: Sequence[Diagnosis] = ()
    made: Sequence[Probe] = ()
    name: str = "acme"
    gateways: tuple[str, ...] = ("acme",)
    read: list[Truth] = field(default_factory=list)

    def attempts(self) -> Iterator[Attempt]:
        """Yield the attempts."""
        return (each._replace(lane="") for each in self.tried)

    def truths_of(self, gateway: str) -> Iterator[Truth]:
        """Yield the decisions, and note those that were read."""
        assert gateway == "acme"
        for each in self.decided:
            self.read.append(each)
            yield each

    def reports_of(self, gateway: str) -> Iterator[DeliveryReport]:
        """Yield nothing."""
        del gateway
        return iter(())

    def engagements_of(self, gateway: str) -> Iterator[Engagement]:
        """Yield nothing."""
        del gateway
        return iter(())

    def returned(self) -> Iterator[Returned]:
        """Yield the mail that came back."""
        return iter(self.back)

    def mailboxes(self) -> Iterator[Mailbox]:
        """Yield the mailboxes."""
        return iter(self.known)

    def diagnoses(self) -> Iterator[Diagnosis]:
        """Yield the diagnoses."""
        return iter(self.found)

    def probes(self) -> Iterator[Probe]:
        """Yield the experiments."""
        return iter(self.made)

    def repeated(self) -> Iterator[tuple[str, int]]:
        """Yield those with several attempts."""
        times = Counter(each.recipient.lower() for each in self.tried)
        return iter((recipient, count) for recipient, count in times.items() if count > 1)


PEOPLE = [f"person{number}@acme.example" for number in range(6)]


@st.composite
def dialogues(draw: st.DrawFn) -> tuple[list[Truth], list[Attempt], list[Returned]]:
    """Draw decisions and attempts in the order of events, and some mail that came back."""
    decided: list[Truth] = []
    tried: list[Attempt] = []
    back: list[Returned] = []
    for number in range(draw(st.integers(0, 20))):
        who, campaign = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(["news", "offers"]))
        path = f"{campaign}+{who}@b.example"
        at, code = float(number), draw(st.sampled_from([250, 450, 550]))
        row = {"recipient": who, "return_path": path, "at": at}
        match draw(st.sampled_from(["replied", "cut", "unreachable"])):
            case "replied":
                decided.append(truth(code=code, **row))
                tried.append(attempt(seq=number, code=code, campaign=campaign, **row))
            case "cut":
                decided.append(truth(fate=Fate.CUT, **row))
                tried.append(attempt(seq=number, campaign=campaign, failure=Failure.LINE_CUT, code=None, **row))
            case _:
                tried.append(attempt(seq=number, campaign=campaign, failure=Failure.UNREACHABLE, code=None, **row))
        if draw(st.booleans()):
            back.append(returned(seq=number, campaign=campaign, recipient=who, at=at))
    return decided, tried, back


@given(dialogues())
def test_a_lane_read_as_a_stream_tells_what_the_whole_books_tell(
    drawn: tuple[list[Truth], list[Attempt], list[Returned]],
) -> None:
    decided, tried, back = drawn
    known = [Mailbox(who, "acme", "present", None) for who in PEOPLE[:4]]
    joined = join(decided, tried)
    expected = build_stories(joined.pairs, {each.address: each for each in known}, back)
    lane = LaneStories(Rows(decided, tried, back, known), {"acme": tried[0].mx_address if tried else ""})
    found = {key: story._replace(lane="") for key, story in lane}
    assert found == without_lanes(expected)
    assert lane.returned == back
    assert (lane.orphans.attempts, lane.orphans.decisions) == (
        len(joined.orphaned_attempts),
        len(joined.orphaned_truths),
    )


def test_decisions_are_read_when_they_are_needed() -> None:
    tried = [attempt(seq=number, recipient=who, return_path=who, at=float(number)) for number, who in enumerate(PEOPLE)]
    decided = [truth(recipient=who, return_path=who, at=float(number)) for number, who in enumerate(PEOPLE)]
    rows = Rows(decided, tried)
    for number, _ in enumerate(LaneStories(rows, {"acme": tried[0].mx_address}), 1):
        assert len(rows.read) <= number + 1


def test_what_does_not_join_is_counted_and_the_first_is_named() -> None:
    lane = LaneStories(Rows([], [attempt(), attempt(seq=2)]), {"acme": attempt().mx_address})
    assert list(lane) == []
    assert (lane.orphans.attempts, lane.orphans.decisions) == (2, 0)
    assert str(lane.orphans).startswith("2 attempts and 0 decisions do not join; the first: Attempt(")
    assert lane.orphans.plus(Orphans(1, 1, "")).attempts == 3


def test_a_diagnosis_is_evidence_about_its_recipient_alone() -> None:
    tried = [attempt(recipient=each, seq=seq) for seq, each in enumerate(("Ann@acme.example", "bob@acme.example"), 1)]
    decided = [truth(recipient=each.recipient, seq=each.seq) for each in tried]
    found = Diagnosis("acme", "news", "Ann@acme.example", '{"content": 0.75, "virus": 0.25}', 0.5, asked=True, at=7.5)
    rows = Rows(decided, tried, found=[found])
    stories = {recipient: story for (_, recipient), story in LaneStories(rows, {"acme": "127.1.0.1"})}
    assert stories["Ann@acme.example"].evidence.diagnosis == Diagnosed(
        {Cause.CONTENT: 0.75, Cause.VIRUS: 0.25}, 0.5, asked=True, at=7.5
    )
    assert stories["bob@acme.example"].evidence.diagnosis is None


def test_experiments_are_neither_deliveries_nor_left_over() -> None:
    delivered = attempt()
    made = [
        probe(return_path="diagnosis+ann=acme.example@bounce.sender.example"),
        probe(seq=2, at=STARTS + 100, stage="connect", return_path="unused", local_port=77),
    ]
    decided = [
        truth(seq=1),
        truth(seq=2, return_path=made[0].return_path, fate="refused", code=550),
        truth(seq=3, at=STARTS + 100, return_path=None, recipient="", peer_port=77, fate="refused", code=554),
        truth(seq=4, at=STARTS + 900, return_path=None, recipient="", peer_port=77, fate="refused", code=554),
    ]
    back = [returned(campaign="diagnosis"), returned(seq=2)]
    stories = LaneStories(Rows(decided, [delivered], back, made=made), {"acme": "127.1.0.1"})
    assert len(list(stories)) == 1
    assert stories.returned == back[1:]
    assert stories.orphans.decisions == 1
    assert "probe/acme" in stories.parts


def test_classifiers_do_not_see_the_lane() -> None:
    lane = LaneStories(Rows([truth()], [attempt()]), {"acme": attempt().mx_address})
    ((_, story),) = lane
    assert (story.lane, story.evidence.last.lane) == ("acme", "")


def test_each_part_of_the_books_has_its_hash() -> None:
    lane = LaneStories(Rows([truth()], [attempt()]), {"acme": attempt().mx_address})
    list(lane)
    assert set(lane.parts) == {"attempt/acme", "truth/acme"}
