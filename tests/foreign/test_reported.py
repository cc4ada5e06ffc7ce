"""A real Postfix sends through ``serve``: its log, imported, joins the truth; its reports come home and are read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from deadline import until
from fivefifty_command import PASSED, fivefifty, free_port
from postfix_instance import postfix, require_postfix
from serve_process import serving

from fake_gateways.truth import Fate, Truth
from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import postfix as log_format
from probe.intake.reading.files import lines
from probe.judge.foreign_sender import events_of_foreign_sender, foreign_stories
from probe.ledger import Ledger
from probe.records.attempt import Outcome

pytestmark = pytest.mark.foreign

HOME: Final = "127.10.0.25"
PEOPLE: Final = 8
SCENARIO: Final = """\
schema = 1
name = "reported"
title = "A Postfix sends, and keeps its own log"
seed = 3
clock = "wall"
starts = 2026-03-02T08:00:00Z

[sender]
helo = "mta1.sender.example"
return_path = "bounce.sender.example"
ips = [{ address = "127.10.0.1" }]
rate = "1/1s"
return_mailbox = "127.10.0.25:%d"

[[campaign]]
name = "march"
message = "news.eml"

[[gateway]]
name = "honest"
persona = "cisco-esa"
domains = ["honest.example"]
mailboxes = { count = 8, departed = 0.25, full = 0.125 }

[[gateway]]
name = "late"
persona = "exchange-onprem"
domains = ["late.example"]
mailboxes = { count = 8, departed = 0.25 }
# As this vendor writes them, but without the minute before it does.
reports = { layout = "exchange", after = "1s" }

  [[gateway.policy]]
  type = "directory"
  instead = "bounce"

[[gateway]]
name = "liar"
persona = "proofpoint"
domains = ["liar.example"]
mailboxes = { count = 8 }
claims = { content = "user-unknown" }

  [[gateway.policy]]
  type = "content"
  refuse_at = 3.0
  rules = [{ where = "subject", pattern = "lottery", points = 5.0 }]
"""


def test_the_log_of_a_postfix_joins_the_truth_without_a_gap_and_its_reports_come_home(tmp_path: Path) -> None:
    require_postfix()
    home_port = free_port()
    (tmp_path / "news.eml").write_text("From: news@sender.example\nSubject: Hello\n\nHello.\n", "utf-8")
    scenario = tmp_path / "reported.toml"
    scenario.write_text(SCENARIO % home_port, "utf-8")
    with serving(scenario, tmp_path / "run") as served:
        people = (tmp_path / "run" / "recipients.csv").read_text("utf-8").split()[1:]
        assert len(people) == 3 * PEOPLE
        table = (tmp_path / "run" / "postfix_transport").read_text("utf-8")
        routes = dict(line.split(maxsplit=1) for line in table.splitlines())
        routes["bounce.sender.example"] = f"smtp:[{HOME}]:{home_port}"
        inline = ", ".join(f"{{{domain}={route.strip()}}}" for domain, route in routes.items())
        settings = {"smtp_dns_support_level": "disabled", "transport_maps": f"inline:{{ {inline} }}"}
        with postfix("mta1.sender.example", settings) as relay:
            for number, recipient in enumerate(people):
                subject = "Lottery" if number % 2 else "Minutes"
                head = f"Message-ID: <{number}.march@sender.example>\nSubject: {subject}\nFrom: news@sender.example"
                local, _, domain = recipient.partition("@")
                relay.send(f"march+{local}={domain}@bounce.sender.example", recipient, f"{head}\n\nAs agreed.\n")
            # Postfix reports what was refused, the late gateway what it took at first.
            refused = sum(logged.status == "bounced" for logged in relay.logged().values())
            assert refused > 0

            def is_home() -> bool:
                with Ledger.open(tmp_path / "run") as books:
                    return len(list(books.returned())) >= refused + 2

            until(is_home, told=relay.log)
            (tmp_path / "mail.log").write_text(relay.log(), "utf-8")
    events = list(log_format.read(lines(tmp_path / "mail.log"), year=2026))
    assert not [each for each in events if isinstance(each, BadLine)]
    to_people = [each for each in events if isinstance(each, Event) and each.recipient in people]
    assert {each.kind for each in to_people} == {EventKind.DELIVERED, EventKind.REFUSED, EventKind.DEFERRED}
    assert len(served.truths) == len(people)
    the_log_joins_the_truth(tmp_path / "run", to_people, served.truths)
    with Ledger.open(tmp_path / "run") as books:
        returned = list(books.returned())
    assert all(row.recipient in people for row in returned)
    assert {row.joined_by for row in returned} == {"return-path"}
    gone_later = {truth.recipient for truth in served.truths if truth.fate == Fate.BOUNCED_LATER}
    refused_now = {truth.recipient for truth in served.truths if truth.fate == Fate.REFUSED}
    failed = {row.recipient for row in returned if row.action == "failed"}
    assert failed == gone_later | refused_now
    codes = {truth.recipient: truth.code for truth in served.truths}
    assert all(row.code == codes[row.recipient] for row in returned if row.recipient in refused_now)
    check_judges_it(tmp_path, {truth.recipient: Fate(truth.fate) for truth in served.truths})


def the_log_joins_the_truth(run: Path, events: list[Event], truths: Sequence[Truth]) -> None:
    """Join what Postfix logged with the decisions of the gateways: every event has its own."""
    with Ledger.open(run) as books:
        mailboxes = {mailbox.address: mailbox for mailbox in books.mailboxes()}
    reported = events_of_foreign_sender(events, truths, mailboxes)
    assert (reported.strangers, reported.duplicates, reported.silent) == ([], [], [])
    stories = foreign_stories(reported, truths, mailboxes)
    assert len(stories) == len(truths)
    for (_, recipient), story in stories.items():
        last, truth = story.evidence.last, story.truth
        assert truth is not None
        assert (truth.recipient, truth.code) == (recipient, last.code)
        assert not truth.message_id or truth.message_id == last.message_id
        accepted = truth.fate in {Fate.INBOX, Fate.BOUNCED_LATER, Fate.JUNK}
        assert (last.outcome == Outcome.DELIVERED) == accepted


def check_judges_it(folder: Path, fates: dict[str, Fate]) -> None:
    """Judge what Postfix reported against the truth, by the command that users call."""
    judged = fivefifty(
        "check",
        folder / "run",
        "--reported",
        folder / "mail.log",
        "--format",
        "postfix",
        "--year",
        "2026",
    )
    assert judged.returncode == PASSED, judged
    card = json.loads((folder / "run" / "scorecard.json").read_text("utf-8"))
    alive = {address for address, state in mailbox_states(folder / "run").items() if state in {"present", "full"}}
    hard = {recipient for recipient, fate in fates.items() if fate is Fate.REFUSED}
    gone_later = {recipient for recipient, fate in fates.items() if fate is Fate.BOUNCED_LATER}
    # The log of a Postfix knows nothing of what is sent back later; its return-path does.
    assert card["classifiers"]["reported"]["wrongly_suppressed"] == len(hard & alive)
    assert card["classifiers"]["code"]["wrongly_suppressed"] == len((hard | gone_later) & alive)
    assert card["classifiers"]["code"]["missed_dead"] == 0
    assert card["truth"]["by_cause"]["content"]["disguised"] == len(hard & alive) > 0


def mailbox_states(folder: Path) -> dict[str, str]:
    """Return what is true of every mailbox."""
    with Ledger.open(folder) as books:
        return {mailbox.address: mailbox.state for mailbox in books.mailboxes()}
