"""Refusals that depend on the sender: its source address, its network, its message, the age of its connection."""

from __future__ import annotations

from probe.classify.context.case import RefusalCase
from probe.classify.context.odds import differs


def this_address_refused_more(case: RefusalCase) -> float:
    """Compare the refusals of the source address with those of the others, at the same exchanger.

    Reputation belongs to an address (Trend Micro ERS), but a departed recipient is gone for all addresses.
    """
    return _against_others(case, len(case.series), case.series.refused)


def this_network_refused_more(case: RefusalCase) -> float:
    """Compare the refusals of the source's /24 with those of other networks, at the same exchanger.

    Cisco and postgrey count by the /24 (AsyncOS user guide; postgrey source).
    """
    network = _network(case.refusal.source)
    sources = case.exchanger.sources
    inside = [case.exchanger.series(source, case.rank) for source in sources if _network(source) == network]
    if len(inside) == len(sources):
        return 0.0
    return _against_others(case, sum(len(each) for each in inside), sum(each.refused for each in inside))


def this_message_refused_more(case: RefusalCase) -> float:
    """Compare the refusals of the message that was sent with those of the campaign's other messages.

    A content filter refuses one message (ESET Mail Security manual, page 20); a departed recipient refuses each.
    """
    return _condition(case, case.exchanger.with_message(case.refusal.message, case.rank))


def later_in_the_connection(case: RefusalCase) -> float:
    """Compare the refusals of second and later messages of a connection with those of first ones.

    Cisco accepts ten messages per session (AsyncOS user guide), GoDaddy a similar number (IB510). Later ones are
    refused for every recipient.
    """
    return _condition(case, case.exchanger.later_in_connections(case.rank)) if case.refusal.is_later else 0.0


def _condition(case: RefusalCase, counts: tuple[int, int, int, int]) -> float:
    if case.position is None:
        return 0.0
    refused, replies, refused_else, replies_else = counts
    return differs(refused - 1, replies - 1, refused_else, replies_else)


def _against_others(case: RefusalCase, replies: int, refused: int) -> float:
    if case.position is None:
        return 0.0
    overall = case.overall
    return differs(refused - 1, replies - 1, overall.refused - refused, len(overall) - replies)


def _network(address: str) -> str:
    return address.rpartition(".")[0] or address[:19]
