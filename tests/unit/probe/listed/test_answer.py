"""What an answer means: each fault is told apart, and nothing is listed or clean by default."""

from __future__ import annotations

import pytest

from probe.listed.answer import FAULTS, Came, Fault, Reply, State, decide, fault_of, trouble
from probe.listed.lists import BlockList, shipped, unknown_list

PLAIN = unknown_list("bl.reputation.example", "addresses")
ZEN = next(each for each in shipped().list_ if each.zone == "zen.spamhaus.org")
URIBL = next(each for each in shipped().list_ if each.zone == "multi.uribl.com")
NO_NAME = Reply(Came.NO_NAME)
LISTED = Reply(Came.RECORDS, ("127.0.0.2",))


def records(*codes: str) -> Reply:
    """Return an answer with records."""
    return Reply(Came.RECORDS, codes)


@pytest.mark.parametrize(
    ("blocklist", "codes", "means"),
    [
        (PLAIN, ("127.0.0.2",), ("listed",)),
        (PLAIN, ("127.0.0.9",), ("listed",)),
        (ZEN, ("127.0.0.4", "127.0.0.2"), ("SBL, a source of spam", "XBL, infected or open to abuse")),
        (
            URIBL,
            ("127.0.0.6",),
            ("black, used by senders of spam", "grey, seen in unsolicited mail that may have honest uses"),
        ),
        (ZEN, ("127.0.0.2", "127.0.0.77"), ("SBL, a source of spam",)),
    ],
)
def test_a_documented_answer_is_a_listing(blocklist: BlockList, codes: tuple[str, ...], means: tuple[str, ...]) -> None:
    decided = decide(blocklist, records(*codes))
    assert (decided.state, decided.means, decided.fault) == (State.LISTED, means, None)


@pytest.mark.parametrize("came", [Came.NO_NAME, Came.NO_DATA])
def test_no_record_is_no_listing(came: Came) -> None:
    assert decide(ZEN, Reply(came)).state is State.NOT_LISTED


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("127.255.255.252", Fault.WRONG_NAME),
        ("127.255.255.254", Fault.PUBLIC_RESOLVER),
        ("127.255.255.255", Fault.VOLUME),
        ("127.255.255.7", Fault.QUERY_REFUSED),
        ("127.0.0.1", Fault.QUERY_REFUSED),
        ("127.0.0.255", Fault.QUOTA),
        ("127.0.1.255", Fault.WRONG_KIND),
        ("192.0.2.80", Fault.OUTSIDE),
        ("no address", Fault.OUTSIDE),
    ],
)
@pytest.mark.parametrize("blocklist", [PLAIN, ZEN, URIBL])
def test_an_error_is_no_listing_beside_a_listing_either(blocklist: BlockList, code: str, fault: Fault) -> None:
    assert fault_of(code) is fault
    for reply in (records(code), records("127.0.0.2", code)):
        decided = decide(blocklist, reply)
        assert (decided.state, decided.fault) == (State.UNKNOWN, fault)


@pytest.mark.parametrize(
    ("came", "fault"),
    [
        (Came.FAILURE, Fault.SERVER_FAILURE),
        (Came.NOTHING, Fault.TIME_OUT),
        (Came.CUT, Fault.TRUNCATED),
    ],
)
def test_without_an_answer_nothing_is_known(came: Came, fault: Fault) -> None:
    assert decide(ZEN, Reply(came)) == (State.UNKNOWN, (), (), fault)
    assert trouble(Reply(came), NO_NAME, NO_NAME) is fault
    assert trouble(LISTED, Reply(came), NO_NAME) is fault


@pytest.mark.parametrize(("blocklist", "code"), [(ZEN, "127.0.0.77"), (URIBL, "127.0.0.16"), (URIBL, "127.0.1.2")])
def test_an_answer_that_the_list_does_not_document_is_unknown(blocklist: BlockList, code: str) -> None:
    decided = decide(blocklist, records(code))
    assert (decided.state, decided.codes, decided.fault) == (State.UNKNOWN, (code,), Fault.UNKNOWN_CODE)


@pytest.mark.parametrize(
    ("listed", "not_listed", "nonexistent", "fault"),
    [
        (LISTED, NO_NAME, NO_NAME, None),
        (LISTED, Reply(Came.NO_DATA), Reply(Came.FAILURE), None),
        (LISTED, NO_NAME, records("192.0.2.80"), None),
        (NO_NAME, NO_NAME, NO_NAME, Fault.DEAD),
        (LISTED, LISTED, NO_NAME, Fault.LISTS_THE_WORLD),
        (records("192.0.2.80"), NO_NAME, NO_NAME, Fault.OUTSIDE),
        (LISTED, records("192.0.2.80"), records("192.0.2.80"), Fault.REWRITTEN),
        (NO_NAME, records("192.0.2.80"), NO_NAME, Fault.REWRITTEN),
        (records("192.0.2.80"), records("192.0.2.80"), records("192.0.2.80"), Fault.CAPTIVE_PORTAL),
        (records("192.0.2.80"), records("192.0.2.80"), NO_NAME, Fault.DEAD),
        (records("127.255.255.254"), records("127.255.255.254"), NO_NAME, Fault.PUBLIC_RESOLVER),
        (LISTED, records("127.0.0.1"), NO_NAME, Fault.QUERY_REFUSED),
    ],
)
def test_the_test_points_tell_what_is_wrong_with_a_list(
    listed: Reply, not_listed: Reply, nonexistent: Reply, fault: Fault | None
) -> None:
    assert trouble(listed, not_listed, nonexistent) is fault


def test_every_fault_has_words() -> None:
    assert set(FAULTS) == set(Fault)
