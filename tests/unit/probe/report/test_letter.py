"""A letter has the evidence and a request, and nothing that was not observed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from diagnosed import TAKEN, diagnosed, gone, listed, probably_gone, undecided, waited
from diagnosing import REFUSAL, pattern, replied

from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from probe.diagnose.diagnosis import Diagnosis
from probe.diagnose.message_parts import Kind, Part
from probe.diagnose.patterns import Patterns
from probe.records.attempt import Failure
from probe.report.letter import disliked, letter_of, spoken
from probe.report.letter_words import LANGUAGES, Language, letter_words
from probe.sender.transaction import Result

LISTED = """\
Subject: Your mail server refused our mail to ann@acme.example

Hello,

Your mail server refused our mail to ann@acme.example:

    Time: 2026-03-02 09:02 UTC
    Our IP address: 127.10.0.1
    Return-path: bounce@messenger.example
    Recipient: ann@acme.example
    Reply at RCPT: 550 5.1.1 User unknown

The reply says that this recipient does not exist. The tests below suggest otherwise.

To find the reason, we repeated the dialogue, each time with a change:

  - 2026-03-02 09:03 UTC, {first}
  - 2026-03-02 09:04 UTC, {second}

No message was delivered in these tests.

We therefore believe that your server refuses our IP address 127.10.0.1, and that the recipient is not the reason.

Could you please check whether this IP address is on a blocklist that you use, and tell us which one it is, or allow \
the address?

Kind regards
"""


def known(cause: Cause) -> Diagnosis:
    """Return a diagnosis of which one cause alone is possible."""
    return diagnosed(lambda _: REFUSAL, patterns=Patterns((pattern(cause, alive=True),)))


def test_the_whole_letter() -> None:
    letter = letter_of(listed(), "en")
    trials = [line for line in letter.text.splitlines() if line.startswith("  - ")]
    told = {line.partition("UTC, ")[2] for line in trials}
    assert "from another of our IP addresses (127.10.0.2): 250 2.1.5 ok" in told
    assert "with another recipient of the same domain (postmaster@acme.example): 550 5.1.1 User unknown" in told
    expected = LISTED.partition("  - ")[0], LISTED.rpartition("{second}")[2]
    assert (letter.text.partition("  - ")[0], letter.text.rpartition(trials[-1])[2]) == expected
    assert letter.note == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("made", [listed, undecided, waited], ids=["listed", "undecided", "waited"])
def test_in_every_language_the_evidence_is_the_same(made: Callable[[], Diagnosis], language: Language) -> None:
    found = made()
    text = letter_of(found, language).text
    for fact in (
        "127.10.0.1",
        "2026-03-02 09:02 UTC",
        "ann@acme.example",
        "550 5.1.1 User unknown",
        "2026-03-02 09:03",
    ):
        assert fact in text
    assert text.count("  - ") == len(found.steps)
    assert "{" not in text


def test_for_a_mailbox_that_is_gone_there_is_no_letter() -> None:
    letter = letter_of(gone(), "en")
    assert letter.text == ""
    assert "the mailbox is gone" in letter.note


def test_what_was_not_found_is_an_open_question() -> None:
    text = letter_of(undecided(), "en").text
    assert "Could you please tell us whether this mailbox exists, why our mail is refused" in text
    assert "We therefore believe" not in text
    alive = letter_of(diagnosed(lambda _: REFUSAL, patterns=both_alive()), "en").text
    assert "Could you please tell us why our mail is refused" in alive


def both_alive() -> Patterns:
    """Return two causes that show the same, with a living mailbox."""
    return Patterns((pattern(Cause.POLICY, alive=True), pattern(Cause.VELOCITY, alive=True)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_provider_can_mend_is_a_letter_to_the_provider(language: Language) -> None:
    for cause in (Cause.AUTHENTICATION, Cause.VELOCITY, Cause.GREYLISTED):
        letter = letter_of(known(cause), language)
        assert letter.note == "this letter is for your mail provider"
        assert "acme.example" in letter.text.splitlines()[0]
        assert "ann@" not in letter.text.splitlines()[0]


def test_what_is_our_own_fault_is_told_to_nobody_else() -> None:
    letter = letter_of(known(Cause.TOO_LARGE), "en")
    assert letter.text == ""
    assert letter.note.endswith("Keep the address. Send a smaller message. You can fix it yourself.")
    assert "your contact at the company" in letter_of(known(Cause.MAILBOX_FULL), "de").note


def test_without_experiments_there_is_no_list_of_them() -> None:
    text = letter_of(known(Cause.POLICY), "en").text
    assert "repeated" not in text
    assert "The tests below" not in text
    assert "Could you please tell us which rule it is" in text


def test_a_failure_is_told_in_the_language_of_the_letter() -> None:
    silent = Result(Stage.RCPT, failure=Failure.TIMED_OUT, text="no reply within 300 s")
    text = letter_of(diagnosed(lambda _: silent, first=silent), "de").text
    assert "Antwort (RCPT): keine Antwort innerhalb der Wartezeit" in text
    assert "no reply" not in text
    said_nothing = replace(listed(), first=listed().first._replace(result=silent))
    assert "Laut dieser Antwort" not in letter_of(said_nothing, "de").text


def test_hostile_words_stay_one_line_without_control_characters_and_are_no_template() -> None:
    hostile = replied(550, "5.1.1", "User unknown\n\nHello {recipient} {0}\n\x1b[31m\u202e" + "x" * 2000)
    text = letter_of(diagnosed(lambda name: TAKEN if name == "neighbour" else hostile, first=hostile), "en").text
    line = next(line for line in text.splitlines() if line.startswith("    Reply at RCPT:"))
    assert "User unknown Hello {recipient} {0} ?[31m?" in line
    assert line.endswith("more characters)")
    assert all(each.isprintable() for each in text.splitlines())


def test_an_experiment_is_told_in_a_few_words() -> None:
    told = {spoken(step) for step in listed().steps}
    assert "from another of our IP addresses (127.10.0.2): accepted, at RCPT" in told


@pytest.mark.parametrize(
    ("refusal", "says_so"),
    [
        (replied(550, "5.1.1", "No such user"), True),
        (replied(550, None, "User unknown"), True),
        (replied(550, "5.1.1", "Recipient rejected"), True),
        (replied(550, "5.1.1", "x"), True),
        (replied(550, None, "rejecting spoofed message"), False),
        (replied(550, "5.2.1", "Mailbox disabled"), False),
    ],
)
def test_that_the_recipient_does_not_exist_is_only_repeated_if_the_reply_says_so(
    refusal: Result, *, says_so: bool
) -> None:
    text = letter_of(diagnosed(lambda name: TAKEN if name == "neighbour" else refusal, first=refusal), "en").text
    assert ("The reply says that this recipient does not exist" in text) is says_so


def test_the_part_that_is_disliked_is_named() -> None:
    link = Part(Kind.LINK, "https://shop.example/\x1b{0}", ())
    found = replace(listed(), disliked=(link, Part(Kind.ATTACHMENT, "offer.exe", ())))
    assert disliked(found, letter_words("en")) == (
        "Without the link “https://shop.example/?{0}”, the attachment “offer.exe”, the message was accepted."
    )
    assert "Ohne den Link „https://shop.example/?{0}“" in letter_of(found, "de").text
    assert disliked(listed(), letter_words("en")) == ""


def test_whether_a_mailbox_exists_that_is_probably_gone_is_asked() -> None:
    found = probably_gone()
    assert (found.is_explained, found.is_alive) == (True, None)
    assert "Could you please tell us whether this mailbox exists" in letter_of(found, "en").text
