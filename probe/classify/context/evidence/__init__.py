"""All evidence functions; the name of each is its key in ``weights.toml``. A positive weight means "alive"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from probe.classify.context.case import RefusalCase
from probe.classify.context.evidence import (
    company,
    excess_over_turnover,
    history,
    other_companies,
    retries,
    runs,
    sender_conditions,
    servers,
    share_refused,
    stage,
    wording,
)

FUNCTIONS: Final[tuple[Callable[[RefusalCase], float], ...]] = (
    share_refused.share_refused_here,
    excess_over_turnover.refused_beyond_turnover,
    excess_over_turnover.refused_as_a_tenant,
    excess_over_turnover.isolated_beyond_turnover,
    runs.refused_nearby,
    runs.refused_adjacent,
    runs.run_length,
    runs.other_addresses_during_run,
    runs.as_long_as_a_known_block,
    runs.same_minute_each_hour,
    sender_conditions.this_address_refused_more,
    sender_conditions.this_network_refused_more,
    sender_conditions.this_message_refused_more,
    sender_conditions.later_in_the_connection,
    other_companies.address_refused_more_at_vendor,
    other_companies.address_refused_more_everywhere,
    other_companies.refused_elsewhere_at_vendor,
    company.company_refused_for_long,
    company.company_refused_alone,
    stage.before_any_recipient,
    stage.after_the_message,
    stage.after_message_but_others_at_rcpt,
    wording.text_blames_sender_only,
    wording.text_blames_both,
    wording.text_quotes_our_address,
    wording.text_names_a_time,
    wording.text_says_mailbox_full,
    wording.text_mentions_no_mailbox,
    wording.code_contradicts_text,
    wording.words_of_runs,
    wording.others_blamed_at_this_stage,
    wording.others_blamed_later,
    history.active_before,
    history.engaged_before,
    history.refused_before,
    history.bounced_then_delivered,
    retries.deferred_first,
    retries.deferred_for_sending,
    servers.accepts_everybody_else,
    servers.refused_by_report,
    servers.same_text_later_accepted,
)
NAMES: Final = tuple(function.__name__ for function in FUNCTIONS)
Contribution = tuple[float, str]
"""What a function adds to the log odds, and its name."""


def weigh(case: RefusalCase) -> list[float]:
    """Return the result of every function for a case, in the order of NAMES."""
    return [function(case) for function in FUNCTIONS]
