"""When a gateway began to refuse: which gateways are looked at, and where the refusals of the living begin."""

from __future__ import annotations

from book_rows import STARTS
from report_content import Person, counts, gone, kept, lied

from fake_gateways.truth import Cause
from probe.judge.onset import MOST_STEPS, SHOWN, FirstRefusal, Onset


def found(*people: Person) -> list[Onset]:
    """Look for onsets among people."""
    return counts(people).onsets


def test_the_first_refusal_of_somebody_alive_is_the_onset_with_the_rate_by_then() -> None:
    calm = [Person(f"p{n}", at=STARTS + n) for n in range(120)]
    (onset,) = found(gone("old", STARTS + 5), *calm, lied("ann", STARTS + 120), lied("bea", STARTS + 121))
    assert onset.first == FirstRefusal(STARTS + 120, "velocity", 121, 60.0)
    assert (onset.place.gateway, onset.attempts, onset.refused_living, onset.later) == ("acme", 123, 2, 0)


def test_a_full_mailbox_or_a_gateway_that_is_down_is_no_onset() -> None:
    full = Person("full", cause=Cause.MAILBOX_FULL, claimed=Cause.MAILBOX_FULL, code=552, enhanced="5.2.2")
    down = Person("down", cause=Cause.SYSTEM, claimed=Cause.SYSTEM, code=451, enhanced="4.3.0")
    assert found(full, down, gone("old")) == []


def test_where_nothing_went_before_there_is_no_rate() -> None:
    (onset,) = found(lied("ann"))
    assert onset.first == FirstRefusal(STARTS, "velocity", 0, 0.0)


def test_gateways_that_deny_the_mailbox_come_before_those_that_refuse_honestly() -> None:
    honest = [kept(f"p{n}", gateway="honest") for n in range(9)]
    assert [each.place.gateway for each in found(*honest, lied("ann", gateway="liar"))] == ["liar", "honest"]


def test_no_more_gateways_are_drawn_than_can_be_looked_at() -> None:
    assert len(found(*(lied("ann", gateway=f"g{n}") for n in range(SHOWN + 3)))) == SHOWN


def test_piles_add_up_to_the_attempts_that_are_drawn() -> None:
    late = Person("late", at=STARTS + 9000, tries=2)
    (onset,) = found(*(Person(f"p{n}", at=STARTS + 7 * n) for n in range(100)), lied("ann", STARTS + 650), late)
    assert onset.later == 1  # the second try of the late one; its first is drawn
    assert sum(pile.total() for pile in onset.piles.values()) == onset.attempts - onset.later
    assert len(onset.piles) <= MOST_STEPS + 1


def test_a_campaign_of_weeks_and_one_of_a_moment_find_a_step() -> None:
    (weeks,) = found(lied("ann"), lied("bea", STARTS + 40 * 86_400))
    (moment,) = found(lied("ann"), lied("bea"))
    assert (weeks.step_s, moment.step_s) == (86_400, 1)


def test_attempts_of_which_no_log_says_when_are_in_no_pile() -> None:
    (onset,) = found(lied("ann", 0.0), lied("bea", STARTS + 9))
    assert (onset.attempts, onset.refused_living, onset.first) == (
        1,
        2,
        FirstRefusal(STARTS + 9, "velocity", 0, 0.0),
    )
    assert found(lied("ann", 0.0)) == []
