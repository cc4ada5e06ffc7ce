"""Which entry of a mail is about the recipient that its return-path names."""

from __future__ import annotations

from probe.records.returned import ReturnedKind
from probe.returned_mail.model import Action, RecipientEntry, ReturnedMail

DONE = RecipientEntry("ben@home.example", Action.DELIVERED)
FAILED = RecipientEntry("ann@home.example", Action.FAILED, original_recipient="Ann@acme.example")


def test_the_entry_with_the_address_comes_first_then_one_that_failed() -> None:
    mail = ReturnedMail(ReturnedKind.REPORT, (DONE, FAILED))
    assert mail.entry_about("ben@home.example") is DONE
    assert mail.entry_about("ann@acme.example") is FAILED
    assert mail.entry_about("eve@acme.example") is FAILED
    assert mail._replace(recipients=(DONE,)).entry_about("eve@acme.example") is DONE


def test_a_report_that_names_nobody_is_about_the_recipient() -> None:
    unnamed = RecipientEntry("", Action.FAILED, "5.2.2")
    assert ReturnedMail(ReturnedKind.REPORT, unnamed=unnamed).entry_about("ann@acme.example") is unnamed
    assert ReturnedMail(ReturnedKind.UNREADABLE).entry_about("ann@acme.example") is None
