"""Whatever a resolver sends: it is a reply, never an exception, and never a listing that no list documents."""

from __future__ import annotations

import dns.message
import dns.rrset
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.verdict import Answer
from probe.listed.answer import Came, Fault, Reply, State, decide, fault_of, trouble
from probe.listed.lists import shipped, unknown_list
from probe.listed.open_resolver import read_reply
from probe.listed.posture.domains import (
    dmarc_policy,
    sender_policy,
    signing_key,
    transport_policy,
    transport_reports,
)
from probe.listed.posture.finding import Identity

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


records = st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=120) | st.builds(
    "{}{}".format,
    st.sampled_from(["v=spf1 ", "v=DKIM1; p=", "v=DMARC1; p=", "v=STSv1; id=", "v=TLSRPTv1; rua=", "k=ed25519; p="]),
    st.text("abcdefABC0123456789+/=;:. -%{}", max_size=80),
)


@given(st.lists(records, max_size=3))
def test_whatever_a_domain_publishes_is_found_to_be_something(texts: list[str]) -> None:
    quoted = tuple(f'"{each.replace(chr(92), "").replace(chr(34), "")}"' for each in texts)

    def lookup(name: str, kind: str) -> Answer:
        del name
        return Answer(quoted if kind == "TXT" else ())

    found = [
        sender_policy("acme.example", "192.0.2.1", "mta.acme.example", lookup),
        signing_key("acme.example", "s1", lookup),
        dmarc_policy("acme.example", Identity(), lookup),
        transport_policy("acme.example", lookup),
        transport_reports("acme.example", lookup),
    ]
    assert all(each.says for each in found)
