"""Recipients that a text of no known layout mentions, with the words that belong to each."""

from __future__ import annotations

from textwrap import dedent

import pytest

from probe.returned_mail.mentions import (
    begins_as_report,
    is_about_goods,
    is_letter,
    is_personal,
    only_address,
    read_mentions,
    tells_trouble,
)
from probe.returned_mail.model import Action

ANN = "ann@acme.example"


def mentioned(text: str) -> list[tuple[str, str | None, int | None]]:
    """Return recipient, status and code of each entry."""
    entries, _ = read_mentions(dedent(text), Action.FAILED, frozenset({"news@sender.example"}))
    return [(entry.recipient, entry.status, entry.code) for entry in entries]


@pytest.mark.parametrize(
    "text",
    [
        "We could not deliver your message to: ann@acme.example, because the account was closed. SMTP code: 550 5.2.1",
        "Your message to ann@acme.example couldn't be delivered.\n\nError: 550 5.2.1 closed",
        "The following message to <ann@acme.example> was undeliverable.\nThe reason:\n550-'5.2.1 closed'",
        "The following recipients returned permanent errors: ann@acme.example. Reason: [550 5.2.1 closed].",
        "The user ann@acme.example does not accept mail: 550 5.2.1",
        "Recipient: ann@acme.example\nError: 550 5.2.1 closed",
        "E-Mail-Adresse des Empfängers: ann@acme.example\nGrund: 550 5.2.1 geschlossen",
        "Destinataire : ann@acme.example\nErreur : 550 5.2.1 fermé",
        "宛先: ann@acme.example\n550 5.2.1 closed",
        "[Status: Error, Address: <ann@acme.example>, ResponseCode 550, , 5.2.1 Closed]",
        "did not reach:\n\nc=US;a= ;p=ACME;dda:SMTP=ann@acme.example; on Fri\n    550 5.2.1",
        "undeliverable to the following:\n\n\tann@acme.example (550 5.2.1 closed)",
        "Not delivered because of\n\n550 5.2.1 closed\n\nThese recipients were affected:\n   ann@acme.example",
        "Zpráva nebyla doručena:\n\n* ann@acme.example - 550 5.2.1",
        "No se ha podido entregar su mensaje a ann@acme.example: 550 5.2.1",
        "Ihre Nachricht an ann@acme.example wurde nicht zugestellt.\n550 5.2.1",
        "Письмо для ann@acme.example не удалось доставить: 550 5.2.1",
        "A message sent by\n\n  <eve@sender.example>\n\nwas not delivered to:\n\n  ann@acme.example\n    550 5.2.1",
        "The affected recipients:\n\n  <ann@acme.example>  delivery failed: 550 5.2.1",
        "받는 사람: ann@acme.example\n실패 사유: 550 5.2.1 없는 주소입니다",
        "Delivery failed 20 attempts: ann@acme.example\n550 5.2.1",
        "--- These had delivery errors ---\n\nann@acme.example [550 5.2.1 closed]",
        'Undeliverable to the following user:\n\n"ann@acme.example" <ann@acme.example>\n\n550 5.2.1',
    ],
)
def test_a_recipient_is_named_by_a_label_a_list_or_a_sentence(text: str) -> None:
    assert mentioned(text) == [(ANN, "5.2.1", 550)]


def test_each_of_several_has_its_own_words() -> None:
    text = """\
        The following recipient(s) could not be reached:

        ann@acme.example
           Error Type: SMTP
           Server sent: RCPT TO:<ann@acme.example>
           Remote server replied: 550 5.1.1 Unknown

        ben@acme.example
           Error Type: SMTP
           Server sent: RCPT TO:<ben@acme.example>
           Remote server replied: 552 5.2.2 Full
        """
    assert mentioned(text) == [(ANN, "5.1.1", 550), ("ben@acme.example", "5.2.2", 552)]


def test_several_may_share_the_only_reason() -> None:
    reason, listed = (
        "because of\n\n550 5.1.1 Unknown\n\n",
        "These could not be reached:\n\nann@acme.example\nben@acme.example\n",
    )
    shared = [(ANN, "5.1.1", 550), ("ben@acme.example", "5.1.1", 550)]
    assert mentioned(f"Undelivered {reason}{listed}") == shared
    assert mentioned(f"{listed}\n550 5.1.1 Unknown\n") == shared


def test_a_reason_without_a_code_is_kept() -> None:
    (entry,), told = read_mentions(
        f"reject reason: Mailbox full\ntarget mail address: {ANN}\n", Action.FAILED, frozenset()
    )
    assert (entry.recipient, entry.text, told) == (ANN, "Mailbox full", True)


def test_an_address_on_a_line_of_its_own_is_believed_if_no_words_name_another() -> None:
    assert mentioned("Zpráva:\n\n  ann@acme.example\n\nSbohem\n") == [(ANN, None, None)]
    assert mentioned("Recipient: ann@acme.example\n\nsupport@host.example\n") == [(ANN, None, None)]


@pytest.mark.parametrize(
    "text",
    [
        "Your message could not be delivered. For help contact ann@acme.example.",
        "Your message could not be delivered. Please forward this to ann@acme.example, who knows the error.",
        "Sender Address: ann@acme.example\nError: refused",
        "From: ann@acme.example\nSubject: Undeliverable",
        "Message-ID: <ann@acme.example> was refused",
        "We lost <ann@acme.example> and others",
        "Your message to news@sender.example failed",
        "Undelivered.\n\npostmaster@acme.example\n",
        "Undelivered. Use the explicit form of a name, e.g., if\nann@acme.example fails, try another.",
        'Undelivered. Of help may be, to contact "user1":\n\n  Ann B. User   +1 555 0100   ann@acme.example\n',
    ],
)
def test_others_are_left_out(text: str) -> None:
    assert mentioned(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Votre message n'a pas pu etre delivre a\nann@acme.example\n",
        "------ Failed Recipients ------\n\n<ann@acme.example>: mailbox unavailable. [SMTP Error Code 550]\n",
        "Your message with Subject: News\ncould not be delivered to the following recipients:\n\nann@acme.example\n",
        "Could not deliver message to:\n\nFailed Recipient: ann@acme.example\nReason: 550 no\n",
    ],
)
def test_a_text_that_only_its_words_show_to_be_a_report_lists_its_recipients(text: str) -> None:
    assert begins_as_report(text)
    assert not is_personal(text)
    entries, are_told = read_mentions(text, Action.FAILED, frozenset(), only_listed=True)
    assert ([each.recipient for each in entries], are_told) == ([ANN], True)


@pytest.mark.parametrize(
    "text",
    [
        "Hello, your message could not be delivered.",
        "My mail failed.",
        "Could not deliver. Why?",
        "Undeliverable. Thanks",
    ],
)
def test_people_speak_of_themselves_greet_and_ask(text: str) -> None:
    assert is_personal(text)


def test_a_letter_greets_or_asks() -> None:
    assert is_letter("I'm afraid it failed. Dear Ann, what now?")
    assert not is_letter("I'm afraid I wasn't able to deliver your message. I've given up.")


def test_who_is_only_named_within_a_sentence_is_not_listed() -> None:
    text = "Your message could not be delivered to ann@acme.example as she left.\n"
    assert read_mentions(text, Action.FAILED, frozenset(), only_listed=True) == ([], False)


def test_goods_are_no_mail() -> None:
    assert is_about_goods("Your parcel could not be delivered to: ann@acme.example")
    assert not is_about_goods("Your message about the parcel could not be delivered")


def test_trouble_is_told_by_words() -> None:
    assert tells_trouble("Your message was rejected.")
    assert not tells_trouble("Your message is on its way.")


def test_recipients_joined_in_a_sentence_all_count() -> None:
    text = (
        "Your message to ann@acme.example, <ben@acme.example> and eve@acme.example couldn't be delivered.\n550 5.1.1\n"
    )
    assert mentioned(text) == [(f"{name}@acme.example", "5.1.1", 550) for name in ("ann", "ben", "eve")]


def test_the_only_address_is_nobodys_if_there_are_two_or_it_is_a_roles() -> None:
    nobody: frozenset[str] = frozenset({"news@sender.example"})
    own: frozenset[str] = frozenset({"sender.example"})
    assert only_address("... ann@acme.example ... news@sender.example", nobody, own) == "ann@acme.example"
    assert only_address("... ann@acme.example ... eve@sender.example", nobody, own) == "ann@acme.example"
    assert only_address("... ann@acme.example ... ben@acme.example", nobody, own) == ""
    assert only_address("... postmaster@acme.example", nobody, own) == ""
    of_a_system = nobody | {"pec@post.example"}
    assert only_address("... ann@acme.example ... id 1@post.example", of_a_system, own) == "ann@acme.example"
