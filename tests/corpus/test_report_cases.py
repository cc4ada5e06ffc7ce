"""Mail that people met in other projects, remade: who it is about, and what it says; skipped where it is not at hand.

The files lie beside the repository and are no part of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from probe.intake.event import BadLine, EventKind
from probe.intake.formats import mailbox

CASES: Final = Path(__file__).parents[2].parent / "shared" / "data" / "cases" / "reports"
FAILED, DELAYED = EventKind.BOUNCED_LATER, EventKind.DEFERRED
ANN, ANNA = "ann@acme.example", "anna@customer.example"
Told = tuple[EventKind, str, int | None, str | None]

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not at {CASES}")

WANTED: dict[str, list[Told]] = {
    "d01_forwarded.mbox": [(FAILED, ANN, 552, "5.2.2")],
    "d01b_exim_generated_from.mbox": [(FAILED, ANN, 552, "5.2.2")],
    "d01d_x_actual.mbox": [(FAILED, ANN, 552, "5.2.2")],
    "d02_verp_x_original_to.mbox": [(FAILED, ANN, 552, "5.2.2")],
    "d02c_verp_to_with_name.mbox": [(FAILED, ANN, 552, "5.2.2")],
    "d02e_verp_other_delimiters.mbox": [(FAILED, ANN, 552, "5.2.2")],
    "d02f_verp_plain_code_in_text.mbox": [(FAILED, ANN, 552, "5.2.2")],
    "d02g_verp_mailgun.mbox": [(FAILED, ANN, 552, "5.2.2")],
    "d02g_verp_postfix_xverp.mbox": [(FAILED, ANN, 552, "5.2.2")],
    "d12b_arf_verp_only.mbox": [(EventKind.COMPLAINT, ANN, None, None)],
    "verp-report-without-recipient.eml": [(FAILED, ANNA, 550, "5.1.1")],
    "d04_hmailserver.mbox": [(FAILED, ANN, 550, "5.5.0"), (FAILED, "bob@acme.example", 552, "5.2.2")],
    "d04b_two_unknown_layout.mbox": [
        (FAILED, ANN, 550, "5.1.1"), (FAILED, "bob@acme.example", 552, "5.2.2"),
        (FAILED, "carl@acme.example", 550, "5.7.1"),
    ],
    "d06_report_unavailable.mbox": [(FAILED, ANN, None, None)],
    "d06c_no_recipient_original_enclosed.mbox": [(FAILED, ANN, 550, "5.2.1")],
    "d08_target_mail_address.mbox": [(FAILED, ANN, None, None)],
    "d08b_label_unbekannt.mbox": [(FAILED, ANN, 550, "5.1.1")],
    "d08d_could_not_deliver_to.mbox": [(FAILED, ANN, 550, "5.2.1")],
    "d10_o365_text.mbox": [(FAILED, ANN, 550, "5.1.10")],
    "mailmarshal-reason-above.eml": [(FAILED, ANNA, 550, "5.1.1")],
    "mimecast-like-x6.eml": [(FAILED, ANNA, 554, "5.4.6")],
    "imail-two-blanks.eml": [(FAILED, ANNA, None, None)],
    "groupwise-parenthesis.eml": [(FAILED, ANNA, None, None)],
    "exchange-55-x400.eml": [(FAILED, ANNA, None, None)],
    "exim-bare-local-part.eml": [(FAILED, ANNA, 550, "5.7.0")],
    "zoho-delay.eml": [(DELAYED, ANNA, 421, None)],
    "gmail-delay-text-only.eml": [(DELAYED, ANNA, None, None)],
    "ironport.eml": [(FAILED, ANNA, 550, "5.4.1")],
    "exim-delay-warning.eml": [(DELAYED, ANNA, 450, "4.2.1")],
    "failed-has-not-been-delivered.eml": [(FAILED, ANNA, 550, "5.1.1")],
    "sendmail-511-for-571.eml": [(FAILED, ANNA, 550, "5.7.1")],
    "status-511-for-full-mailbox.eml": [(FAILED, ANNA, 552, "5.2.2")],
    "human-reply-delivery-problem.eml": [],
    "auto-reply-names-a-colleague.eml": [(EventKind.AUTO_REPLY, ANNA, None, None)],
}  # fmt: skip


@pytest.mark.parametrize("name", WANTED)
def test_a_case_gives_what_is_wanted(name: str) -> None:
    octets = (CASES / name).read_bytes()
    if name.endswith(".mbox"):
        octets = octets.partition(b"\n")[2]
    found = [event for event in mailbox.events([octets]) if not isinstance(event, BadLine)]
    assert [(event.kind, event.recipient, event.code, event.enhanced) for event in found] == WANTED[name]
    assert [event.is_inferred for event in found] == ["d06" in name] * len(found)
