"""A gateway in a test refuses whom it was told to, in the words it was told, and takes the rest."""

from __future__ import annotations

import base64

import pytest
from mailing import ANN, BOB, SENDER, mail, message

from fake_gateways.truth import Cause
from probe.testing import GatewayFixture, MakeGateway, StageName


def codes(gateway: GatewayFixture, *recipients: str) -> list[int]:
    """Send a message to each, and return the codes that decided."""
    return [int(mail(gateway, recipient)[:3]) for recipient in recipients]


def test_whoever_was_not_refused_is_served_in_any_domain(gateway: GatewayFixture) -> None:
    assert codes(gateway, ANN, "who@nowhere.example", "postmaster@acme.example") == [250, 250, 250]
    assert [each.recipients for each in gateway.messages] == [
        (ANN,),
        ("who@nowhere.example",),
        ("postmaster@acme.example",),
    ]


@pytest.mark.parametrize("pattern", [ANN, "Ann@Acme.Example", "ann@*", "*@acme.example", "a*@*.example", "*"])
def test_a_recipient_is_refused_by_its_address_or_a_pattern(pattern: str, gateway: GatewayFixture) -> None:
    gateway.refuse(pattern)
    assert codes(gateway, ANN) == [554]


@pytest.mark.parametrize(
    "pattern",
    [BOB, "nn@acme.example", "ann@acme", "ann@acme?example", ".*", "example", "@cme.example", "x.acme.example"],
)
def test_nobody_is_refused_by_a_pattern_that_does_not_fit_all_of_the_address(
    pattern: str, gateway: GatewayFixture
) -> None:
    gateway.refuse(pattern, optional=True)
    assert codes(gateway, ANN) == [250]


@pytest.mark.parametrize(
    "recipient",
    [
        "acme.example",
        "@acme.example",
        "ACME.example",
        "Ann <ann@acme.example>",
        '"Example, Ann" <ann@acme.example>',
        "<ann@acme.example>",
        "bob@acme.example, Ann <ann@acme.example>",
        ["bob@acme.example", "ann@acme.example"],
        ("other.example", "@acme.example"),
        "rfc822; ann@acme.example",
        "mailto:ann@acme.example",
    ],
    ids=str,
)
def test_recipients_are_given_as_people_write_them(recipient: str | list[str], gateway: GatewayFixture) -> None:
    gateway.refuse(recipient)
    assert codes(gateway, ANN, "ann@other.test") == [554, 250]
    gateway.assert_refused(recipient=["Ann <ann@acme.example>"], sender="shop.example", count=1)
    gateway.assert_received(recipient="other.test", sender="News <news@shop.example>", count=1)


def test_recipients_may_come_one_by_one(gateway: GatewayFixture) -> None:
    rule = gateway.refuse(each for each in (ANN, BOB))
    assert codes(gateway, ANN, BOB) == [554, 554]
    assert repr(rule) == "<rule gateway.refuse(('ann@acme.example', 'bob@acme.example'))>"


def test_the_state_of_a_mailbox_is_set_for_addresses_as_people_write_them(gateway: GatewayFixture) -> None:
    gateway.mailbox("Ann <Ann@acme.example>", state="full")
    gateway.mailbox("acme.example", state="departed")
    gateway.mailbox("@other.example", state="disabled")
    assert codes(gateway, ANN, BOB, "eve@other.example") == [452, 550, 550]


def test_a_refusal_can_be_lifted(gateway: GatewayFixture) -> None:
    refusal = gateway.refuse(ANN)
    assert codes(gateway, ANN) == [554]
    refusal.lift()
    assert codes(gateway, ANN) == [250]
    assert repr(refusal) == "<rule gateway.refuse('ann@acme.example'), lifted>"


def test_a_rule_applies_until_so_long_after_the_first_attempt(gateway: GatewayFixture) -> None:
    gateway.refuse("acme.example", wait="5m", cause="greylisted")
    assert codes(gateway, ANN, ANN) == [450, 450]
    gateway.let_pass("4m")
    assert codes(gateway, ANN, BOB) == [450, 450]
    gateway.let_pass("1m")
    assert codes(gateway, ANN, BOB) == [250, 450]
    assert mail(gateway, ANN, sender="sales@shop.example").startswith("450")


@pytest.mark.parametrize(("pattern", "sender", "code"), [
    (SENDER, SENDER, 554), ("news@*", SENDER, 554), ("*", "", 554), ("", "", 554), ("", SENDER, 250),
    ("sales@*", SENDER, 250),
])  # fmt: skip
def test_a_sender_is_refused_by_its_return_path(pattern: str, sender: str, code: int, gateway: GatewayFixture) -> None:
    gateway.refuse(sender=pattern, cause="sender-rejected", optional=code == 250)
    assert mail(gateway, sender=sender).startswith(str(code))


def test_a_client_is_refused_by_its_address_or_network(gateway: GatewayFixture) -> None:
    gateway.refuse(client="127.10.0.1", cause="ip-reputation")
    gateway.refuse(client="127.20.0.0/24", cause="ip-reputation")
    clients = ["127.10.0.1", "127.10.0.2", "127.20.0.9", "127.20.1.9"]
    assert [mail(gateway, client=client)[:3] for client in clients] == ["550", "250", "550", "250"]


ATTACHED = (
    'Content-Type: multipart/mixed; boundary="x"\r\n',
    (
        '--x\r\nContent-Type: application/pdf; name="invoice.pdf"\r\n'
        'Content-Disposition: attachment; filename="invoice.pdf"\r\n\r\nJVBERi0=\r\n--x--'
    ),
)
ENCODED = (
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n",
    base64.b64encode("Your INVOICE of März".encode()).decode(),
)


@pytest.mark.parametrize(
    "content",
    [
        message("Invoice 7"),
        message("=?utf-8?q?Your_inv=6Fice?="),
        message(header="X-Campaign: invoice\r\n"),
        message(text="Pay our invoice."),
        message(header=ENCODED[0], text=ENCODED[1]),
        message(header="Content-Type: text/html\r\n", text='<p class="invoice">Pay</p>'),
        message(text="http://shop.example/invoice"),
        message(header=ATTACHED[0], text=ATTACHED[1]),
    ],
    ids=["subject", "encoded subject", "header", "text", "base64", "markup", "link", "attachment"],
)
def test_a_message_is_refused_behind_its_end_for_what_is_in_it(content: bytes, gateway: GatewayFixture) -> None:
    gateway.refuse(content=r"\binvoice\b", cause="content")
    assert mail(gateway, content=content) == "550 5.7.1 message content rejected"
    gateway.assert_refused(recipient=ANN, cause="content", stage="end-of-data", count=1)
    assert mail(gateway, content=message("Minutes")).startswith("250")


def test_what_is_beyond_a_rate_is_refused_until_the_window_has_passed(gateway: GatewayFixture) -> None:
    gateway.refuse("*@acme.example", rate="2/1m", cause="velocity")
    assert codes(gateway, ANN, BOB, "eve@other.example", ANN, BOB) == [250, 250, 250, 450, 450]
    gateway.let_pass("59s")
    assert codes(gateway, ANN) == [450]
    gateway.let_pass("1m")
    assert codes(gateway, ANN, ANN, ANN) == [250, 250, 450]


def test_the_first_attempts_for_each_recipient_are_refused_and_later_ones_taken(gateway: GatewayFixture) -> None:
    gateway.refuse(attempts=2, cause="greylisted")
    assert codes(gateway, ANN, ANN, BOB, ANN, BOB, BOB, ANN) == [450, 450, 450, 250, 450, 250, 250]


def test_attempts_to_send_a_message_are_counted_for_the_recipients_it_is_for(gateway: GatewayFixture) -> None:
    gateway.refuse(content="hello", attempts=1, cause="system")
    sent = [mail(gateway, ANN, BOB), mail(gateway, ANN), mail(gateway, ANN, BOB), mail(gateway, ANN)]
    assert [reply[:3] for reply in sent] == ["451", "451", "250", "250"]


@pytest.mark.parametrize("at", ["connect", "ehlo", "mail"])
def test_before_rcpt_attempts_are_counted_for_the_client_or_the_return_path(
    at: StageName, gateway: GatewayFixture
) -> None:
    gateway.refuse(attempts=1, at=at, cause="greylisted")
    who = [{"client": f"127.10.0.{number}", "sender": f"news{number}@shop.example"} for number in (1, 2, 1, 2)]
    assert [mail(gateway, **each)[0] for each in who] == ["4", "4", "2", "2"]


def test_all_conditions_of_a_rule_must_hold(gateway: GatewayFixture) -> None:
    gateway.refuse(ANN, sender="news@*", client="127.10.0.1", content="hello", attempts=1, cause="content")
    assert mail(gateway, BOB).startswith("250")
    assert mail(gateway, ANN, sender="sales@shop.example").startswith("250")
    assert mail(gateway, ANN, client="127.10.0.2").startswith("250")
    assert mail(gateway, ANN, content=message("Minutes")).startswith("250")
    assert mail(gateway, ANN) == "550 5.7.1 message content rejected"
    assert mail(gateway, ANN).startswith("250")


def test_a_whole_message_refused_for_one_of_its_recipients_is_nothing_against_the_others(
    gateway: GatewayFixture,
) -> None:
    gateway.refuse(ANN, content="hello", cause="content")
    assert mail(gateway, BOB, ANN).startswith("550")
    assert [(row.recipient, row.cause) for row in gateway.truth] == [(BOB, "policy"), (ANN, "content")]


def test_the_first_rule_that_refuses_is_told_and_every_rule_counts(gateway: GatewayFixture) -> None:
    gateway.refuse(ANN, attempts=1, reply="451 4.7.1 first")
    gateway.refuse(ANN, attempts=2, reply="451 4.7.1 second")
    assert [mail(gateway, ANN)[4:] for _ in range(3)][:2] == ["4.7.1 first", "4.7.1 second"]
    assert mail(gateway, ANN).startswith("250")


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.USER_UNKNOWN])
def test_a_lie_is_told_in_the_words_of_what_it_claims(cause: Cause, gateway: GatewayFixture) -> None:
    gateway.mailbox(ANN, state="departed")
    honest = mail(gateway, ANN)
    gateway.refuse(BOB, cause=cause, claims="user-unknown")
    assert mail(gateway, BOB) == honest.replace(ANN, BOB)
    lie = gateway.truth[-1]
    assert (lie.cause, lie.claimed, lie.honest, lie.mailbox, lie.policy) == (
        cause,
        "user-unknown",
        False,
        "present",
        "told",
    )


@pytest.mark.parametrize(
    ("reply", "said", "fate"),
    [
        ("550 5.1.1 no", "550 5.1.1 no", "refused"),
        ("451 4.7.1 <{recipient}> from {ip}: later", f"451 4.7.1 <{ANN}> from 127.10.0.1: later", "deferred"),
        ("550 no", "550 no", "refused"),
        ("554 5.7.1 no\nand no", "554 5.7.1 no\n5.7.1 and no", "refused"),
        ("550 4.1.1 no", "550 4.1.1 no", "refused"),
        ("smtp; 550-5.1.1 no\r\n 550 5.1.1 and no", "550 5.1.1 no\n5.1.1 and no", "refused"),
        (
            "host mx.acme.example[192.0.2.1] said: 452 4.2.2 full (in reply to RCPT TO command)",
            "452 4.2.2 full",
            "deferred",
        ),
    ],
)
def test_a_reply_of_ones_own_is_said_as_it_is(reply: str, said: str, fate: str, gateway: GatewayFixture) -> None:
    gateway.refuse(ANN, cause="velocity", reply=reply)
    assert mail(gateway, ANN) == said
    (row,) = gateway.assert_refused(recipient=ANN, cause="velocity")
    assert (row.fate, row.honest) == (fate, True)


def test_a_421_ends_the_connection(gateway: GatewayFixture) -> None:
    gateway.refuse(ANN, cause="system", reply="421 4.3.0 closing")
    assert mail(gateway, ANN) == "421 4.3.0 closing"


@pytest.mark.parametrize("at", ["connect", "ehlo", "mail", "rcpt", "data", "end-of-data"])
def test_a_refusal_is_told_at_the_stage_that_was_said(at: StageName, gateway: GatewayFixture) -> None:
    gateway.refuse(cause="ip-reputation", at=at)
    assert mail(gateway).startswith("5")
    (row,) = gateway.truth
    assert (row.stage, row.recipient) == (at, "" if at in {"connect", "ehlo", "mail"} else ANN)


def test_mailboxes_are_what_was_said_of_them_and_one_by_name_before_its_domain(gateway: GatewayFixture) -> None:
    gateway.mailbox("*@acme.example", state="departed")
    gateway.mailbox("Full@acme.example", state="full")
    gateway.mailbox("off@acme.example", state="disabled")
    gateway.mailbox(ANN)
    people = [ANN, "full@acme.example", "off@acme.example", BOB, "bob@other.example"]
    assert codes(gateway, *people) == [250, 452, 550, 550, 250]
    assert [row.cause for row in gateway.truth] == [None, "mailbox-full", "mailbox-disabled", "user-unknown", None]


def test_neither_starttls_nor_auth_is_offered(gateway: GatewayFixture) -> None:
    gateway.refuse(cause="tls-required", at="mail")
    assert mail(gateway).startswith("530 5.7.0")
    assert mail(gateway).startswith("530 5.7.0")


@pytest.mark.fivefifty(persona="mimecast")
def test_the_persona_of_the_marker_speaks(gateway: GatewayFixture) -> None:
    gateway.refuse(ANN, cause="user-unknown")
    assert mail(gateway, ANN).startswith("550 Invalid Recipient - ")


@pytest.mark.parametrize("gateway", ["mimecast"], indirect=True)
def test_the_persona_of_the_parameter_speaks(gateway: GatewayFixture) -> None:
    gateway.refuse(ANN, cause="user-unknown")
    assert mail(gateway, ANN).startswith("550 Invalid Recipient - ")


@pytest.mark.fivefifty(persona="postfix")
@pytest.mark.parametrize("gateway", ["mimecast"], indirect=True)
def test_the_parameter_comes_before_the_marker(gateway: GatewayFixture) -> None:
    gateway.refuse(ANN, cause="user-unknown")
    assert mail(gateway, ANN).startswith("550 Invalid Recipient - ")


def test_gateways_of_one_test_know_nothing_of_each_other(make_gateway: MakeGateway) -> None:
    one, other = make_gateway("mimecast"), make_gateway(persona="proofpoint")
    one.refuse(ANN)
    assert one.port != other.port
    assert [mail(each, ANN)[:3] for each in (one, other)] == ["550", "250"]
    assert (len(one.messages), len(other.messages)) == (0, 1)


def test_a_message_that_was_taken_is_kept_as_it_came(gateway: GatewayFixture) -> None:
    content = message("=?utf-8?q?M=C3=A4rz?=", "..Dear all,\r\nas agreed.", "To: Ann <ann@acme.example>\r\n")
    mail(gateway, ANN, BOB, content=content)
    (kept,) = gateway.messages
    assert (kept.sender, kept.recipients, kept.client, kept.content) == (SENDER, (ANN, BOB), "127.10.0.1", content)
    assert (kept.subject, kept.text, kept.email["to"]) == ("März", "..Dear all, as agreed.", "Ann <ann@acme.example>")
    assert [row.fate for row in gateway.truth] == ["inbox", "inbox"]


def test_what_is_found_is_returned(gateway: GatewayFixture) -> None:
    gateway.refuse(BOB)
    for recipient in (ANN, BOB, ANN):
        mail(gateway, recipient, content=message(f"To {recipient}"))
    assert gateway.assert_received(recipient="*@acme.example", sender="news@*", count=2) == gateway.messages
    assert gateway.assert_received(subject="to ANN*", content="as agreed")[0].recipients == (ANN,)
    (refused,) = gateway.assert_refused(
        recipient=BOB, sender=SENDER, client="127.10.*", claimed="policy", code=554, enhanced="5.7.1", text="*denied"
    )
    assert refused is gateway.truth[1]
    gateway.assert_received(recipient=BOB, count=0)
    gateway.assert_refused(recipient=ANN, count=0)
