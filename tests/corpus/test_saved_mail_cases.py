"""Mail that real people saved, remade; skipped where it is not at hand. It lies beside the repository, not in it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from probe.intake.event import BadLine
from probe.intake.formats import mailbox
from probe.intake.reading import mail_files

CASES: Final = Path(__file__).parents[2].parent / "shared" / "data" / "cases" / "reports"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not at {CASES}")


@pytest.mark.parametrize(
    ("name", "kind", "people"),
    [
        ("d11_arf_not_spam.mbox", "feedback", ["ann"]),
        ("d11b_arf_auth_failure.mbox", "feedback", ["ann"]),
        ("d11c_arf_opt_out.mbox", "feedback", ["ann"]),
        ("d12_arf_sparse_jmrp.mbox", "complaint", ["ann"]),
        ("d13b_mbox_from_in_returned.mbox", "bounced-later", ["ann"]),
        ("d13c_mbox_from_of_forward.mbox", "bounced-later", ["ann"]),
        ("d13d_thunderbird_mbox.mbox", "bounced-later", ["ann"]),
        ("d14_single.eml", "bounced-later", ["ann"]),
        ("d14b_folder_of_eml", "bounced-later", ["ann", "bob"]),
        ("d14d_maildir_new_only", "bounced-later", ["ann"]),
        ("ses-sns-bounce-in-envelope.eml", "bounced-later", ["anna"]),
        ("ses-sns-complaint.eml", "complaint", ["anna"]),
        ("w02_bounce_long_line.eml", "bounced-later", ["ann"]),
    ],
)
def test_saved_mail_is_read_as_its_kind(name: str, kind: str, people: list[str]) -> None:
    found = list(mailbox.events(mail.message for mail in mail_files.messages(CASES / name)))
    assert not any(isinstance(each, BadLine) for each in found)
    assert [(each.kind, each.recipient.partition("@")[0]) for each in found if not isinstance(each, BadLine)] == [
        (kind, person) for person in people
    ]
