"""Every evidence function, under the name its weight goes by. All look towards "the mailbox is alive"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from probe.classify.context.case import Case
from probe.classify.context.evidence import (
    excess_over_turnover as explanations,
)
from probe.classify.context.evidence import (
    history,
    retries,
    runs,
    servers,
    stage,
    wording,
)
from probe.classify.context.evidence import (
    other_companies as elsewhere,
)
from probe.classify.context.evidence import (
    sender_conditions as conditions,
)
from probe.classify.context.evidence import (
    share_refused as turnover,
)

FUNCTIONS: Final[tuple[Callable[[Case], float], ...]] = (
    turnover.share_here,
    explanations.more_refused_than_left,
    explanations.more_alone_than_left,
    runs.refused_around,
    runs.refused_next_to,
    runs.run_length,
    runs.others_meanwhile,
    runs.lasts_as_long_as_a_block,
    runs.same_minute_each_hour,
    conditions.this_address_only,
    conditions.this_network_only,
    conditions.this_message_only,
    conditions.late_in_the_connection,
    elsewhere.address_lately_at_the_vendor,
    elsewhere.address_lately,
    elsewhere.refused_at_the_vendor,
    stage.before_any_recipient,
    stage.after_the_message,
    stage.after_the_message_though_others_were_told_at_once,
    wording.openly_about_sending,
    wording.about_both,
    wording.names_our_address,
    wording.names_a_time,
    wording.says_full,
    wording.silent_about_mailboxes,
    wording.numbers_disagree,
    wording.others_were_told_openly,
    wording.others_came_further,
    history.seen_before,
    history.bounced_before,
    history.bounced_and_came_back,
    retries.deferred_first,
    retries.warned_of_sending,
    servers.takes_everybody_else,
    servers.tells_by_report,
    servers.takes_its_word_back,
)
NAMES: Final = tuple(function.__name__ for function in FUNCTIONS)
Weighed = tuple[float, str]
"""What a function adds to the log odds, and its name."""


def weigh(case: Case) -> list[float]:
    """Return what every function says of a case, in the order of NAMES."""
    return [function(case) for function in FUNCTIONS]
