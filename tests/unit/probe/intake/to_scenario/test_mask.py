"""What a reply loses, and what it keeps."""

from __future__ import annotations

import pytest

from probe.intake.to_scenario.anonymise import Anonymiser, AsItIs
from probe.intake.to_scenario.mask import LONGEST_TEXT, Parties, mask

NAMING = Anonymiser(b"a key of thirty-two octets, or so")
PARTIES = Parties(
    "Anna.Berg@northwind-traders.example", "news+7@bounce.messenger.example", "203.0.113.9", "mx1.northwind.example"
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("<anna.berg@northwind-traders.example>: no such user", "<{recipient}>: no such user"),
        ("rcpt=ANNA.BERG@northwind-traders.example is unknown", "rcpt={recipient} is unknown"),
        ("anna.berg is not known", "{local_part} is not known"),
        ("anna.berg's mailbox: Anna Berg has left", "{local_part}'s mailbox: {local_part} has left"),
        ("northwind-traders.example's policy", "{domain}'s policy"),
        ("no mail for northwind-traders.example here", "no mail for {domain} here"),
        ("Northwind Traders takes no mail", "{domain} takes no mail"),
        ("mail.northwind-traders.example and ex01-berg.northwind-traders.example", "mail.{domain} and host.{domain}"),
        ("<news+7@bounce.messenger.example> is refused", "<{sender}> is refused"),
        ("see messenger.example and mx1.northwind.example", "see {helo} and {host}"),
        ("client [203.0.113.9] is listed: 127.0.0.2", "client [{ip}] is listed: 127.0.0.2"),
        ("refused (id 4Abc12XY9z)", "refused (id {id})"),
        ("queued as 1tXyZa-0001Ab-2C 1234567890 8842f0aa11", "queued as {id} {id} {id}"),
        ("queued as zxcvbnmQWRTP, id=19278-12, (ID: 4711)", "queued as {id}, id={id}, (ID: {id})"),
        ("9.113.0.203.zen.spamhaus.org is listed", "{id}.zen.spamhaus.org is listed"),
        ("?p=NoSuchUser d9443c01a7336-1f7e3a3c5b1si1234567ad.7 - gsmtp", "?p=NoSuchUser {id} - gsmtp"),
        ("a {slot} of its\town\r\nand {", "a {{slot}} of its own\nand {{"),
    ],
)
def test_what_varies_between_recipients_becomes_a_slot(text: str, masked: str) -> None:
    assert mask(text, PARTIES, NAMING) == masked


@pytest.mark.parametrize(
    "text",
    [
        "User unknown in virtual alias table",
        "Sorry, no mailbox here by that name. (#5.1.1)",
        "blocked using zen.spamhaus.org; https://www.spamhaus.org/lookup",
        "[TSS04] see rfc5322 3.6, AES256, IB607, S3150, HVU:B2 and error-code-12",
        "size 10485760 exceeds 20971520, try again.Please wait 24h at 12:30:45",
        "invoice.zip contains Win.Trojan-5 e.g. a virus",
        "Das Postfach ist voll; la boîte est pleine; buzón lleno; skrzynka pełna",
        "Unserviceable gobbledygook",
        "see https://support.apple.com/en-us/HT204137 or /refused.shtml, can't find user's mailbox",
        "user id unknown, the id is 12 or /help?id=2425",
    ],
)
def test_every_other_word_stays(text: str) -> None:
    assert mask(text, PARTIES, NAMING) == text


@pytest.mark.parametrize("local", ["user", "unknown", "mailbox.full", "info", "no"])
def test_an_ordinary_word_stays_although_it_is_the_local_part(local: str) -> None:
    text = "User unknown: no such mailbox, info follows"
    assert mask(text, Parties(f"{local}@acme.example"), NAMING) == text


@pytest.mark.parametrize("local", ["jmueller", "j.mueller", "muellerj", "jens.müller", "j-muller"])
def test_a_full_name_is_known_in_any_usual_form_of_address(local: str) -> None:
    assert mask("Postfach von Jens Müller voll", Parties(f"{local}@acme.example"), NAMING) == (
        "Postfach von {local_part} voll"
    )
    assert mask("Müller, Jens: unknown", Parties(f"{local}@acme.example"), NAMING) == "{local_part}: unknown"


def test_other_addresses_and_hosts_get_made_up_names() -> None:
    text = "ask bob@other.example (http://www.other.example/x, 198.51.100.7, IPv6:2001:db8:1::9)"
    address, host = NAMING.quoted_address("bob@other.example"), NAMING.host("www.other.example")
    ips = f"{NAMING.ip('198.51.100.7')}, IPv6:{NAMING.ip('2001:db8:1::9')}"
    assert mask(text, PARTIES, NAMING) == f"ask {address} (http://{host}/x, {ips})"


def test_the_client_is_meant_by_any_ip_address_if_the_log_lacks_its_own() -> None:
    assert mask("203.0.113.9 is listed", Parties("ann@acme.example"), NAMING) == "{ip} is listed"


def test_with_names_kept_only_what_varies_becomes_a_slot() -> None:
    text = "anna.berg@northwind-traders.example: Anna, ask bob@other.example at mx1.northwind.example [198.51.100.7] "
    kept = "{recipient}: Anna, ask bob@other.example at mx1.northwind.example [198.51.100.7] {id}"
    assert mask(f"{text}4Abc12XY9z", PARTIES, AsItIs()) == kept


def test_a_line_that_is_too_long_for_smtp_goes_on_in_the_next() -> None:
    lines = mask("word " * 700, PARTIES, NAMING).split("\n")
    assert max(map(len, lines)) <= 900
    assert " ".join(lines).split() == ["word"] * 700
    assert mask("ö" * 2000, PARTIES, NAMING) == "-"


def test_of_an_endless_reply_whole_words_are_read_up_to_a_limit() -> None:
    begun = "no " * (LONGEST_TEXT // 3 - 1)
    wording = mask(f"{begun} anna.berg@northwind-traders.example {'x' * 10_000_000}", PARTIES, NAMING)
    assert wording.replace("\n", " ").split() == begun.split()
