"""The verdict says what was found, whether the mailbox is alive, and what to do."""

from __future__ import annotations

from dataclasses import replace

from diagnosed import gone, listed, probably_gone, undecided, waited

from probe.diagnose.diagnosis import Diagnosis
from probe.diagnose.phase import Phase
from probe.report.verdict import duration, percent, spent, verdict_of


def test_a_cause_that_was_found_is_explained() -> None:
    found, mailbox, to_do = verdict_of(listed())
    assert found.startswith("ip-reputation (")
    assert found.endswith("%): The gateway does not trust the IP address that you send from.")
    assert mailbox.startswith("The mailbox is alive (99.")
    assert to_do.startswith("What to do: Keep the address. Find out which blocklist")
    assert to_do.endswith("Who can help: your mail provider, then the recipient's IT team.")


def test_a_mailbox_that_is_gone_is_removed() -> None:
    found, mailbox, to_do = verdict_of(gone())
    assert "The mailbox does not exist." in found
    assert mailbox.startswith("The mailbox is gone (99.")
    assert to_do.startswith("What to do: Remove the address from your list.")


def test_what_is_not_decided_is_asked() -> None:
    found, mailbox, to_do = verdict_of(undecided())
    assert found.startswith("Not decided: ")
    assert found.endswith("; the budget is spent.")
    assert mailbox.startswith("The mailbox may be alive (")
    assert to_do == "What to do: Keep the address. Ask the recipient's IT team which it is."


def test_a_recipient_that_is_accepted_by_now_is_called_so() -> None:
    assert verdict_of(waited()).mailbox.endswith("The gateway accepts the recipient now.")


def with_weights(found: Diagnosis, *, alive: bool, phase: Phase = Phase.AS_AT_FIRST) -> Diagnosis:
    """Return a diagnosis that believes in ip-reputation."""
    belief = found.belief
    sure = {
        state._replace(phase=phase): 1.0
        for state in belief.weights
        if belief.known[state.pattern].hypothesis == ("ip-reputation", alive)
    }
    return replace(found, belief=replace(belief, weights=sure))


def test_a_mailbox_that_is_gone_is_removed_whatever_the_refusal_was_for() -> None:
    told = verdict_of(with_weights(undecided(), alive=False))
    assert told.to_do == "What to do: Remove the address from your list."


def test_a_block_that_we_may_have_provoked_is_named() -> None:
    told = verdict_of(with_weights(undecided(), alive=True, phase=Phase.BLOCKS_US))
    assert told.to_do.endswith("We may have provoked a block (100%): wait some hours before the next try.")


def test_a_gateway_that_has_changed_is_asked_another_day() -> None:
    told = verdict_of(with_weights(undecided(), alive=True, phase=Phase.GREYLISTS))
    assert told.to_do.endswith("The gateway may have changed since the refusal (100%): ask again another day.")


def test_a_probability_is_rounded_down() -> None:
    assert [percent(share) for share in (0.0, 0.5, 0.99996, 1.0)] == ["0.0%", "50.0%", "99.9%", "100.0%"]


def test_what_it_took_is_counted() -> None:
    assert spent(undecided()) == "Spent: 1 connection, 1 recipient asked, 0 messages delivered, 1 minute."


def test_a_duration_has_the_unit_that_fits() -> None:
    told = [duration(seconds) for seconds in (60, 7000, 18_000, 200_000)]
    assert told == ["1 minute", "117 minutes", "5 hours", "2 days"]


def test_a_mailbox_that_is_only_probably_gone_is_kept() -> None:
    told = verdict_of(probably_gone())
    assert told.mailbox.startswith("The mailbox may be alive (")
    assert told.to_do.startswith("What to do: Keep the address until that is certain.")
