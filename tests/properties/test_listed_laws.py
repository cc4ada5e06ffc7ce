"""Whatever a resolver sends: it is a reply, never an exception, and never a listing that no list documents."""

from __future__ import annotations

import dns.message
import dns.rrset
from hypothesis import given
from hypothesis import strategies as st

from probe.listed.answer import Came, Fault, Reply, State, decide, fault_of, trouble
from probe.listed.lists import shipped, unknown_list
from probe.listed.open_resolver import read_reply

QUERY = dns.message.make_query("1.2.0.192.bl.acme.example.", "A", id=1)
PLAIN = unknown_list("bl.acme.example", "addresses")
LISTS = [PLAIN, *shipped().alive]

addresses = st.ip_addresses(v=4).map(str) | st.builds("127.0.0.{}".format, st.integers(0, 255))
replies = st.builds(
    lambda came, records: Reply(came, tuple(records) if came is Came.RECORDS else ()),
    st.sampled_from(Came),
    st.lists(addresses, min_size=1, max_size=4),
)


@given(st.binary(max_size=600))
def test_any_octets_are_a_reply(octets: bytes) -> None:
    assert isinstance(read_reply(octets, QUERY.to_wire()), Reply)


@given(st.data())
def test_an_answer_with_any_octet_changed_is_a_reply(data: st.DataObject) -> None:
    response = dns.message.make_response(QUERY)
    response.answer.append(dns.rrset.from_text(QUERY.question[0].name, 60, "IN", "A", "127.0.0.2", "127.0.0.4"))
    octets = bytearray(response.to_wire())
    octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(read_reply(bytes(octets), QUERY.to_wire()), Reply)


@given(st.sampled_from(LISTS), replies)
def test_only_what_the_list_documents_is_a_listing_and_only_an_empty_answer_is_none(
    blocklist: object, reply: Reply
) -> None:
    decided = decide(blocklist, reply)  # type: ignore[arg-type]
    if decided.state is State.LISTED:
        assert reply.came is Came.RECORDS
        assert [each for each in reply.records if fault_of(each) is not None] == []
        assert decided.means
    if decided.state is State.NOT_LISTED:
        assert reply.came in {Came.NO_NAME, Came.NO_DATA}
    assert (decided.fault is not None) == (decided.state is State.UNKNOWN)


@given(replies, replies, replies)
def test_a_list_is_as_it_should_be_only_if_its_test_entries_are(
    listed: Reply, not_listed: Reply, nonexistent: Reply
) -> None:
    fault = trouble(listed, not_listed, nonexistent)
    is_right = (
        listed.came is Came.RECORDS
        and all(fault_of(each) is None for each in listed.records)
        and not_listed.came in {Came.NO_NAME, Came.NO_DATA}
    )
    assert (fault is None) == is_right
    assert fault is not Fault.UNKNOWN_CODE
