"""What the refusal depends on that is the sender's: address, network, message, the age of the connection."""

from __future__ import annotations

from probe.classify.context.case import Case
from probe.classify.context.odds import differs


def this_address_only(case: Case) -> float:
    """Compare the refusals of the source address with those of the others, at the same exchanger.

    Reputation belongs to an address; whoever has left has left for all of them (gateways.md 1.1 row 6, 3.9).
    """
    return _against_others(case, len(case.series.times), case.series.refused)


def this_network_only(case: Case) -> float:
    """Compare the refusals of the source's /24 with those of other networks, at the same exchanger.

    Cisco counts by the /24 and so does postgrey (gateways.md 3.3, 3.9).
    """
    network = _network(case.attempt.local_address)
    sources = case.place.sources
    inside = [case.place.series(source, case.rank) for source in sources if _network(source) == network]
    if len(inside) == len(sources):
        return 0.0
    return _against_others(case, sum(len(each.times) for each in inside), sum(each.refused for each in inside))


def this_message_only(case: Case) -> float:
    """Compare the refusals of the message that was sent with those of the campaign's other messages.

    A content filter reads the message; a mailbox that is gone refuses each of them (gateways.md 1.1 rows 2 and 4).
    """
    return _condition(case, case.place.with_message(case.attempt.message, case.rank))


def late_in_the_connection(case: Case) -> float:
    """Compare the refusals of further messages over a connection with those of first ones.

    Cisco takes ten messages a session, GoDaddy so many (gateways.md 3.3); what is beyond is refused whoever it is for.
    """
    return _condition(case, case.place.later_in_connections(case.rank)) if case.attempt.position > 1 else 0.0


def _condition(case: Case, counts: tuple[int, int, int, int]) -> float:
    if case.seat is None:
        return 0.0
    refused, words, refused_else, words_else = counts
    return differs(refused - 1, words - 1, refused_else, words_else)


def _against_others(case: Case, words: int, refused: int) -> float:
    if case.seat is None:
        return 0.0
    overall = case.overall
    return differs(refused - 1, words - 1, overall.refused - refused, len(overall.times) - words)


def _network(address: str) -> str:
    return address.rpartition(".")[0] or address[:19]
