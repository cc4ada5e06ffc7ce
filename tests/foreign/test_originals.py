"""The personas of Postfix, Exim and rspamd beside their originals: the same dialogues, compared reply by reply.

What differs on purpose is in DIFFERENCES, and for readers in docs/trust.md.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from compared_dialogue import (
    LISTED,
    Dialogue,
    Difference,
    converse,
    differing,
    message,
    offered,
    part,
    say,
    transaction,
)
from exim_instance import listening
from fivefifty_command import free_port
from postfix_instance import postfix, require_postfix
from rspamd_instance import rspamd
from trial_gateway import Trial, build, serving

pytestmark = pytest.mark.foreign

TRUST: Final = Path(__file__).parents[2] / "docs" / "trust.md"
ADDRESS: Final = "127.9.3.1"
ANN, GONE, ELSEWHERE = "ann@acme.example", "gone@acme.example", "ann@elsewhere.example"
LIMIT: Final = 20_000
BLOCKED: Final = "news@blocked.example"
BODY: Final = b"Subject: Minutes\r\n\r\nAs agreed.\r\n"

COMMON: Final[Mapping[str, Dialogue]] = {
    "a delivery": Dialogue((transaction(ANN), message(), transaction(ANN), message(), say("QUIT"))),
    "an unknown recipient": Dialogue((transaction(GONE, ANN, end=""), say("RSET"), transaction(GONE), say("RSET"))),
    "somebody elses domain": Dialogue((transaction(ELSEWHERE, end=""),)),
    "commands out of order": Dialogue(
        (say(f"RCPT TO:<{ANN}>"), say("DATA"), say("MAIL FROM:<>"), say("MAIL FROM:<>"), say("RSET"))
    ),
    "other commands": Dialogue((say("NOOP"), say(f"VRFY {ANN}"), say("HELP"), say("RSET"))),
    "no transaction before a greeting": Dialogue((say("MAIL FROM:<early@sender.example>"),), hello=False),
    "an unknown command": Dialogue((say("BOGUS"), say("EXPN staff"))),
    "a line that cannot be read": Dialogue((say("MAIL ann"), say("EHLO"))),
    "a size that is announced": Dialogue((say(f"MAIL FROM:<> SIZE={LIMIT * 2}"), say("RSET"))),
    "a size that is not": Dialogue((transaction(ANN), message(octets=LIMIT * 2))),
    "a message in parts": Dialogue((transaction(ANN, end=""), part(BODY[:9]), part(BODY[9:], last=True))),
    "a part without a recipient": Dialogue((transaction(GONE, end=""), part(BODY, last=True))),
    "a listed client": Dialogue((transaction(ANN, GONE, end=""),), LISTED),
    "a listed client with pipelining": Dialogue((transaction(ANN),), LISTED),
    "a blocked sender": Dialogue((transaction(ANN, end="", return_path=BLOCKED),)),
    "a message that is lied about": Dialogue((transaction(ANN), message("lottery"))),
    "a message that is disliked": Dialogue((transaction(ANN), message("spam"))),
}
POSTFIX: Final[Mapping[str, Dialogue]] = {
    **COMMON,
    "nineteen errors": Dialogue((transaction(*[GONE] * 19, end=""),)),
    "twenty errors": Dialogue((transaction(*[GONE] * 20, end=""), say("RSET"))),
    "a message makes up for errors": Dialogue(
        (transaction(*[GONE] * 19, ANN), message(), transaction(*[GONE] * 19, end=""))
    ),
    "DATA without a recipient counts as well": Dialogue((*[transaction(GONE), say("RSET")] * 10, transaction(ANN))),
    "twenty unknown commands": Dialogue((say("BOGUS"),) * 20),
    "a listed client at a policy service": Dialogue((transaction(ANN, end=""),), LISTED),
    "what no other host may ask for": Dialogue(
        (
            say("ETRN elsewhere.example"),
            say(f"VRFY {GONE}"),
        )
    ),
}
EXIM: Final[Mapping[str, Dialogue]] = {
    **COMMON,
    "too many commands besides mail": Dialogue((say("NOOP"),) * 11),
    "as many as are endured": Dialogue((say("NOOP"),) * 9),
    "RSET after each refused recipient": Dialogue((transaction(GONE, end=""), say("RSET")) * 12),
    "RSET after each message": Dialogue((transaction(ANN), message(), say("RSET")) * 12),
    "DATA after refused recipients is no mistake": Dialogue((transaction(GONE), say("RSET")) * 6),
    "too many unknown commands": Dialogue((say("BOGUS"),) * 4),
    "too many commands out of order": Dialogue((say(f"RCPT TO:<{ANN}>"),) * 4),
}
DIFFERENCES: Final[Mapping[str, frozenset[Difference]]] = {
    "postfix": frozenset(
        {
            Difference("HELP", "500 5.5.2", "214 2.0.0"),
            Difference("MAIL FROM:<early@sender.example>", "250 2.1.0", "503 5.5.1"),
            Difference("EHLO", "501", "501 5.5.4"),
            Difference(f"VRFY {GONE}", "550 5.1.1", "252 2.0.0"),
        }
    ),
    "exim": frozenset(
        {
            Difference("HELP", "214", "214 2.0.0"),
            Difference("EXPN staff", "550", "500"),
            Difference("MAIL ann", "500", "501 5.5.4"),
            Difference("EHLO", "501", "501 5.5.4"),
            Difference("BDAT 9", "250", "250 2.0.0"),
        }
    ),
}


LIES: Final[Mapping[str, str]] = {
    "a listed client": "reputation-is-unknown",
    "a listed client with pipelining": "reputation-is-unknown",
    "a listed client at a policy service": "policy-service-is-unknown",
    "a blocked sender": "sender-is-unknown",
    "a message that is lied about": "content-is-unknown",
}
"""The lie of the persona that its original is configured to tell, by the dialogue."""
POLICIES: Final = (
    {"type": "ip-reputation", "deny": [LISTED]},
    {"type": "sender-reputation", "deny": ["blocked.example"]},
    {"type": "content", "rules": [{"where": "subject", "pattern": "lottery|spam", "points": 9.0}]},
)


def held_with(trial: Trial, steps: Dialogue) -> list[tuple[str, str]]:
    """Hold a dialogue with a gateway."""

    async def hold() -> list[tuple[str, str]]:
        async with serving(trial) as port:
            return await converse("127.0.0.1", port, steps)

    return asyncio.run(hold())


def heard_from_persona(name: str, dialogue: str, steps: Dialogue) -> list[tuple[str, str]]:
    """Hold a dialogue with a gateway of the persona, which tells the lie that its original is configured to tell."""
    trial = build(
        persona=name,
        mailboxes={ANN: "present", GONE: "departed"},
        size_limit="20 kB",
        policies=POLICIES,
        lie=LIES.get(dialogue, ""),
    )

    return held_with(trial, steps)


MAIN: Final = {
    "relay_domains": "acme.example",
    "relay_recipient_maps": f"inline:{{ {{{ANN}=ok}} }}",
    "mynetworks": "10.0.0.0/8",
    "transport_maps": "inline:{ {acme.example=discard:} }",
    "smtpd_relay_restrictions": "reject_unauth_destination",
    "smtpd_error_sleep_time": "0",
    "message_size_limit": str(LIMIT),
    "mailbox_size_limit": "0",
    "lying_about_clients": f"check_client_access inline:{{ {{{LISTED}=550 5.1.1 User unknown}} }}",
    "smtpd_sender_restrictions": "check_sender_access inline:{ {blocked.example=550 5.1.1 User unknown} }",
    "smtpd_recipient_restrictions": "",
    # An access table of recipients takes the way of a policy service's answer.
    "lying_about_recipients": f"check_recipient_access inline:{{ {{{ANN}=550 5.1.1 User unknown}} }}",
    "header_checks": "regexp:{ {/^Subject: lottery/ REJECT 5.1.1 User unknown}, {/^Subject: spam/ REJECT} }",
}


class Ports(NamedTuple):
    """Where a Postfix listens: as usual, asking a policy service, asking a milter; and where the milter does."""

    usual: int
    policy: int
    filtered: int
    milter: int


@pytest.fixture(scope="module")
def a_postfix() -> Iterator[Ports]:
    """Run a Postfix that lies about a listed client, a blocked sender and a message; yields its ports."""
    require_postfix()
    ports = Ports(free_port(), free_port(), free_port(), free_port())
    services = (
        "anvil unix - - n - 1 anvil\n"
        f"{ADDRESS}:{ports.usual} inet n - n - - smtpd -o smtpd_client_restrictions=$lying_about_clients\n"
        f"{ADDRESS}:{ports.policy} inet n - n - - smtpd -o smtpd_recipient_restrictions=$lying_about_recipients\n"
        f"{ADDRESS}:{ports.filtered} inet n - n - - smtpd -o smtpd_milters=inet:127.0.0.1:{ports.milter}\n"
    )
    with postfix("mx.acme.example", MAIN, services=services):
        yield ports


EXIM_CONFIG: Final = """\
primary_hostname = mx.acme.example
exim_path = {program}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
local_interfaces = {address}.{port}
keep_environment =
never_users =
tls_advertise_hosts =
queue_only = true
message_size_limit = {limit}
acl_smtp_rcpt = people
acl_smtp_data = content

begin acl
people:
  deny condition = ${{if eq{{$sender_host_address}}{{127.10.0.2}}}}
       message = 550 5.1.1 User unknown
  deny sender_domains = blocked.example
       message = 550 5.1.1 User unknown
  deny !domains = acme.example
       message = relay not permitted
  deny !local_parts = ann
       message = Unknown user
  accept
content:
  deny condition = ${{if match{{$h_Subject:}}{{lottery}}}}
       message = 550 5.1.1 User unknown
  deny condition = ${{if match{{$h_Subject:}}{{spam}}}}
  accept

begin routers
all:
  driver = accept
  transport = nowhere

begin transports
nowhere:
  driver = appendfile
  file = /dev/null
  user = Debian-exim
"""


@pytest.fixture(scope="module")
def an_exim() -> Iterator[int]:
    """Run an Exim with the same habits; yields its port."""
    port = free_port()
    with listening(EXIM_CONFIG, address=ADDRESS, port=port, limit=LIMIT):
        yield port


def compared(name: str, dialogue: str, steps: Dialogue, port: int) -> set[Difference]:
    """Return the replies of a persona that differ from its original's."""
    original = asyncio.run(converse(ADDRESS, port, steps))
    return set(differing(original, heard_from_persona(name, dialogue, steps)))


def on_purpose(name: str, steps: Dialogue) -> set[Difference]:
    """Return the differences that a dialogue must show."""
    said = {step.name for step in steps.steps}
    return {each for each in DIFFERENCES[name] if each.step in said}


@pytest.mark.parametrize("dialogue", POSTFIX)
def test_the_persona_of_postfix_replies_as_postfix_does(dialogue: str, a_postfix: Ports) -> None:
    port = a_postfix.policy if "policy service" in dialogue else a_postfix.usual
    assert compared("postfix", dialogue, POSTFIX[dialogue], port) == on_purpose("postfix", POSTFIX[dialogue])


@pytest.mark.parametrize("dialogue", EXIM)
def test_the_persona_of_exim_replies_as_exim_does(dialogue: str, an_exim: int) -> None:
    assert compared("exim", dialogue, EXIM[dialogue], an_exim) == on_purpose("exim", EXIM[dialogue])


def offered_by_persona(name: str) -> set[str]:
    """Return the keywords that a persona offers, but for STARTTLS: the originals here have no certificate."""

    async def ask() -> set[str]:
        async with serving(build(persona=name)) as port:
            return await offered("127.0.0.1", port)

    return asyncio.run(ask()) - {"STARTTLS"}


def test_the_personas_offer_what_their_originals_offer(a_postfix: Ports, an_exim: int) -> None:
    assert offered_by_persona("postfix") == asyncio.run(offered(ADDRESS, a_postfix.usual))
    more = asyncio.run(offered(ADDRESS, an_exim)) - offered_by_persona("exim")
    assert more <= {"PIPECONNECT", "PRDR", "LIMITS"}
    assert offered_by_persona("exim") <= asyncio.run(offered(ADDRESS, an_exim))


@pytest.mark.parametrize("name", DIFFERENCES)
def test_readers_are_told_of_every_difference(name: str) -> None:
    rows = [line for line in TRUST.read_text("utf-8").splitlines() if line.startswith("| ")]
    untold = [each for each in DIFFERENCES[name] if not any(_tells(row, each) for row in rows)]
    assert untold == []


def _tells(row: str, difference: Difference) -> bool:
    cells = [cell.strip() for cell in row.split("|")]
    return (
        len(cells) > 3
        and cells[3] == difference.persona
        and re.search(rf"\b{difference.original}\b", cells[2]) is not None
    )


SPAM: Final = Dialogue((transaction(ANN), message(body="This is your last chance for free seats!"), transaction(GONE)))


def test_the_persona_of_rspamd_replies_as_rspamd_behind_postfix_does(a_postfix: Ports) -> None:
    with rspamd(milter=a_postfix.milter, reject=8, says="User unknown"):
        original = asyncio.run(converse(ADDRESS, a_postfix.filtered, SPAM))
    rule = {"where": "words", "pattern": "last chance for free seats", "points": 19.0}
    trial = build(
        persona="rspamd",
        mailboxes={ANN: "present", GONE: "departed"},
        policies=({"type": "content", "rules": [rule]},),
        lie="content-is-unknown",
    )
    assert ("message: Minutes", "554 5.7.1") in original
    assert set(differing(original, held_with(trial, SPAM))) == set()
