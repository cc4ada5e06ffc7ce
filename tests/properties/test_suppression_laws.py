"""Laws of suppression policies and of their replay, for any history."""

from __future__ import annotations

import random

from book_rows import STARTS, attempt, refused
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples

from fake_gateways.truth import Cause
from probe.classify.by_code import ByCode
from probe.classify.reading import Advice, Reading
from probe.judge.story import Key, Story, build_stories
from probe.records.rows import Mailbox
from probe.studies.suppression.policies import DAY_S, NEVER, POLICIES, PastMessage, first_hard, never
from probe.studies.suppression.replay import PolicyOutcome, Replay

readings = st.builds(
    Reading,
    st.none() | st.sampled_from(Cause),
    alive=st.none() | st.floats(0, 1),
    wish=st.none() | st.sampled_from(Advice),
)
pasts = st.lists(
    st.builds(PastMessage, st.just("news"), st.floats(STARTS, STARTS + 400 * DAY_S), st.booleans(), readings),
    max_size=8,
).map(lambda heard: tuple(sorted(heard, key=lambda each: each.at)))
moments = st.floats(STARTS, STARTS + 500 * DAY_S)

people = st.dictionaries(
    st.sampled_from("ann bob cat dan eve".split()), st.text("hsd", min_size=1, max_size=5), min_size=1
)
"""The results of each person's messages, campaign by campaign: a hard bounce, a soft one, a delivery."""
leaves = st.dictionaries(st.sampled_from("ann bob cat dan eve".split()), st.floats(0, 60 * DAY_S))


def stories(heard: dict[str, str], left: dict[str, float] | None = None) -> dict[Key, Story]:
    """Return the stories of people who were mailed every 10 days, and may leave."""
    rows = []
    for number in range(5):
        for name, words in heard.items():
            given = {
                "campaign": f"campaign-{number}",
                "at": STARTS + number * 10 * DAY_S,
                "recipient": f"{name}@acme.example",
                "message_id": f"<{name}.{number}@a>",
            }
            for word in words[number : number + 1]:
                code = {"h": 550, "s": 452}.get(word)
                rows.append((attempt(**given) if code is None else refused(code=code, **given), None))
    boxes = {
        f"{name}@acme.example": Mailbox(f"{name}@acme.example", "acme", "present", STARTS + at)
        for name, at in (left or {}).items()
    }
    return build_stories(
        rows, {**{f"{n}@acme.example": Mailbox(f"{n}@acme.example", "acme", "present", None) for n in heard}, **boxes}
    )


def replayed(name: str, heard: dict[str, str], left: dict[str, float] | None = None) -> PolicyOutcome:
    """Return what a policy comes to."""
    return Replay(stories(heard, left), "code", ByCode()).of(name, POLICIES[name])


@given(pasts, moments)
def test_the_policy_never_does_not_suppress(past: tuple[PastMessage, ...], at: float) -> None:
    assert not never(past, at)


@given(pasts, moments, st.data())
def test_one_more_bounce_never_releases_an_address_suppressed_at_the_first(
    past: tuple[PastMessage, ...], at: float, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(past)))
    bounce = PastMessage("news", at, bounced=True, reading=data.draw(readings))
    assert first_hard((*past[:place], bounce, *past[place:]), at) >= first_hard(past, at)


@given(pasts, moments)
def test_first_hard_suppresses_whatever_two_or_three_hard_bounces_suppress(
    past: tuple[PastMessage, ...], at: float
) -> None:
    by = {name: policy(past, at) for name, policy in POLICIES.items()}
    assert by["three-hard"] <= by["second-hard"] <= by["grey-7-days"] <= by["first-hard"] <= by["classifier-gated"]


@given(people, leaves)
@examples(60)
def test_under_no_policy_is_anything_sent_or_lost_that_was_not_in_the_books(
    heard: dict[str, str], left: dict[str, float]
) -> None:
    everything = replayed(NEVER, heard, left).total
    assert (everything.wrongly_suppressed, everything.lost_delivered, everything.missed_dead) == (0, 0, everything.gone)
    assert everything.alive + everything.gone == sum(map(len, heard.values()))
    for name in POLICIES:
        total = replayed(name, heard, left).total
        assert (total.alive, total.gone) == (everything.alive, everything.gone)
        assert 0 <= total.lost_delivered <= total.wrongly_suppressed <= total.alive
        assert 0 <= total.missed_dead <= total.gone


@given(people, st.sampled_from("ann bob cat dan eve".split()), st.integers(0, 4))
@examples(60)
def test_a_delivery_turned_into_a_hard_bounce_never_makes_the_first_bounce_suppress_fewer(
    heard: dict[str, str], name: str, place: int
) -> None:
    words = heard.get(name, "d" * 5)
    worse = {**heard, name: words[:place] + "h" + words[place + 1 :]}
    before, after = (replayed("first-hard", {**each, name: each.get(name, words)}).total for each in (heard, worse))
    assert after.wrongly_suppressed >= before.wrongly_suppressed


@given(people, leaves, st.sampled_from(sorted(POLICIES)), st.randoms(use_true_random=False))
@examples(60)
def test_the_order_of_recipients_does_not_matter(
    heard: dict[str, str], left: dict[str, float], name: str, rng: random.Random
) -> None:
    rows = list(stories(heard, left).items())
    rng.shuffle(rows)
    assert Replay(dict(rows), "code", ByCode()).of(name, POLICIES[name]) == replayed(name, heard, left)


@given(people, st.sampled_from(sorted(POLICIES)))
@examples(60)
def test_the_mail_of_a_person_does_not_depend_on_others(heard: dict[str, str], name: str) -> None:
    together = replayed(name, heard).total
    alone = [replayed(name, {person: words}).total for person, words in heard.items()]
    assert together.wrongly_suppressed == sum(each.wrongly_suppressed for each in alone)
