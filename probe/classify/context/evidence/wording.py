"""What the text says besides the mailbox, and what other recipients were told at the same time."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from math import log1p
from typing import Final

from fake_gateways.truth import Cause, Fault
from probe.classify.context.case import RefusalCase
from probe.classify.context.odds import differs
from probe.classify.context.words import words_key

_NEAR_S: Final = 900.0
_MOST: Final = 12


def text_blames_sender_only(case: RefusalCase) -> float:
    """Return 1 if the text names a list, a rate, content or a policy, and no mailbox.

    Most gateways state the real reason (zone-mta, bounces.txt; go-sisimai, set-of-emails).
    """
    return 1.0 if case.topics.blames_sender and not case.topics.mentions_mailbox else 0.0


def text_blames_both(case: RefusalCase) -> float:
    """Return 1 if the text names a mailbox and also a list, a rate or content.

    GoDaddy: "550 5.1.1 ... has sent to too many recipients this hour" (sisimai, set-of-emails). Others: "550
    5.2.1 Mailbox unavailable. Your IP address ... is blacklisted" (zone-mta, bounces.txt).
    """
    return 1.0 if case.topics.blames_sender and case.topics.mentions_mailbox else 0.0


def text_quotes_our_address(case: RefusalCase) -> float:
    """Return 1 if the reply quotes the source address.

    An answer about a recipient does not need it (zone-mta, bounces.txt: "Your IP address {ip} is blacklisted").
    """
    return 1.0 if case.refusal.quotes_source else 0.0


def text_names_a_time(case: RefusalCase) -> float:
    """Return 1 if the text names minutes or an hour: a departed recipient does not come back.

    Such times belong to rate limits (GoDaddy IB607: "too many recipients this hour").
    """
    return 1.0 if case.topics.mentions_time else 0.0


def text_says_mailbox_full(case: RefusalCase) -> float:
    """Return 1 if the text says that the mailbox is full: a third of such contacts read mail again within a year.

    More than 8 % within a week, more than 31 % within twelve months (MessageGears, 20 billion deliveries).
    """
    return 1.0 if case.topics.cause is Cause.MAILBOX_FULL else 0.0


def text_mentions_no_mailbox(case: RefusalCase) -> float:
    """Return 1 if the text does not mention a mailbox, whatever the numbers are.

    Some vendors have one code for everything: 550 is "unavailable, or rejected for policy reasons" (RFC 5321 section
    4.2.3; SpamExperts KB 10).
    """
    return 0.0 if case.topics.mentions_mailbox else 1.0


def code_contradicts_text(case: RefusalCase) -> float:
    """Return 1 if the text is about a mailbox and the enhanced status (RFC 3463) is about something else.

    Trend Micro and Hornetsecurity report unknown users with policy codes; Exchange Online reports policies with 5.4.1
    (success.trendmicro.com 1053962; everycloud KB).
    """
    if not case.topics.mentions_mailbox:
        return 0.0
    cause = case.refusal.by_code
    return 0.0 if cause is not None and cause.fault in {Fault.RECIPIENT, Fault.MAILBOX} else 1.0


def words_of_runs(case: RefusalCase) -> float:
    """Compare how often refusals in these words come in runs with refusals in other words, at the same exchanger.

    A filter that answers with words of its own and the directory behind it are two causes, whatever the code is
    (Postfix: ``reject_code`` of each restriction; Exim: ``message`` of each ACL). Departed recipients come one by one.
    """
    if case.position is None or case.topics.blames_sender:
        return 0.0
    own, others = case.exchanger.with_words(words_key(case.topics.pattern))
    in_runs, alone = own.refused - own.isolated, own.isolated
    if case.is_isolated:
        alone -= 1
    else:
        in_runs -= 1
    in_runs, alone = max(0, in_runs), max(0, alone)
    return differs(in_runs, in_runs + alone, others.refused - others.isolated, others.refused)


def others_blamed_at_this_stage(case: RefusalCase) -> float:
    """Weigh how many replies at the same stage, within a quarter of an hour, blame the sender.

    A filter that has two texts for one reason, or that defers some and refuses others, reveals the reason (GoDaddy:
    sisimai, Rhost/GoDaddy).
    """
    found = _sender_faults_near(case)
    return log1p(max(0, found.count(case.rank) - case.topics.blames_sender))


def others_blamed_later(case: RefusalCase) -> float:
    """Weigh how many replies blame the sender at a later stage: those recipients were accepted so far.

    A recipient refused at RCPT, where the others are refused for the message, was not refused for the message (RFC 5321
    section 3.3). This is evidence for a departed recipient.
    """
    return -log1p(sum(rank > case.rank for rank in _sender_faults_near(case)))


def _sender_faults_near(case: RefusalCase) -> array[int]:
    """Return the ranks of the replies around the refusal that blame the sender."""
    faults, at = case.exchanger.sender_faults, case.refusal.at
    middle = bisect_left(faults.times, at)
    low = max(bisect_left(faults.times, at - _NEAR_S), middle - _MOST)
    high = min(bisect_right(faults.times, at + _NEAR_S), middle + _MOST)
    return faults.ranks[low:high]
