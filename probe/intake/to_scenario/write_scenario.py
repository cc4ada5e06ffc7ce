"""Writes the scenario that replays a log: a folder with a scenario file that people can read and change."""

from __future__ import annotations

import csv
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import tomlkit
from tomlkit.items import Table

from fake_gateways import persona as personas
from fake_gateways.people.directory import MailboxState
from fake_gateways.smtp.envelope import domain_of
from fake_gateways.truth import Cause, Fault
from fake_gateways.wording import Wording
from probe.input_error import InputError
from probe.intake.event import BadLine, Event
from probe.intake.skipped import SkippedLines
from probe.intake.to_scenario.anonymise import Anonymiser, AsItIs, Naming
from probe.intake.to_scenario.learn import Learned, Reply, is_reply, last_result
from probe.intake.to_scenario.personal_names import PersonalNames
from probe.user_files import exists, open_here, write_here

_DEFAULT: Final = "postfix"
MOST_GATEWAYS: Final = 1000
"""The most gateways in a scenario; the smallest MX hosts share the last one, as a longer file is hard to edit."""
_MOST_SOURCES: Final = 250
"""The most addresses of the sender in a scenario; the most used ones are written."""
_FILES: Final = ("scenario.toml", "message.eml", "recipients.csv", "logged")
_VALUES: Final = {
    "recipient": "eva@a.example",
    "local_part": "eva",
    "domain": "a.example",
    "sender": "ed@b.example",
    "sender_domain": "b.example",
    "ip": "192.0.2.1",
    "helo": "c.b.example",
    "id": "4Bq1Ns0Qz9z1",
    "host": "d.example",
}
"""Values of slots that say nothing."""
_MESSAGE: Final = """\
From: news@{domain}
Subject: The campaign of the log

The log does not contain the message. Replace this file by yours.
"""


@dataclass(frozen=True)
class ImportSummary:
    """The result of an import, in counts."""

    folder: Path
    recipients: int
    gateways: int
    replies: int
    unknown: int
    skipped: SkippedLines
    passed_over: dict[str, int]
    not_addresses: int = 0
    not_an_address: str = ""


def import_as_scenario(
    events: Iterable[Event | BadLine],
    folder: Path,
    *,
    name: str,
    key: bytes | None,
    cause_of: Callable[[str], Cause | None],
    log: Path | None = None,
    force: bool = False,
) -> ImportSummary:
    """Write the scenario that replays a log into a folder.

    Args:
        events: The events of the log.
        folder: Created if it does not exist.
        name: The scenario's name.
        key: With a key, all names and addresses are replaced by made-up ones. None keeps them.
        cause_of: Returns the cause that the text of a reply gives, None if it gives none.
        log: The log's path, for error messages.
        force: Overwrite what is in the folder: files of an earlier import may have been edited since.

    Raises:
        InputError: The log has no recipient, or the folder has such files already or cannot be written.
    """
    existing = next((folder / each for each in _FILES if exists(folder / each)), None)
    if existing is not None and not force:
        problem = "exists already, and may have been edited"
        raise InputError(existing, problem, "overwrite it with --force, or choose another folder with --out")
    naming: Naming = AsItIs() if key is None else Anonymiser(key)
    learned = Learned(naming)
    learned.take(events)
    if not learned.attempts and not learned.not_addresses and learned.kinds:
        raise InputError(
            log or name,
            f"holds no attempt to deliver, only {_counted(learned)}",
            "import a log with deliveries, deferrals or refusals",
        )
    if not learned.attempts:
        problem = f"contains no recipient ({learned.skipped.total:,} {learned.skipped.what}s could not be read"
        if learned.not_addresses:
            problem += f", {learned.not_addresses:,} have no valid address, such as {learned.not_an_address[:100]!r}"
        raise InputError(log or name, f"{problem})", "check the format given with --from")
    writing = _Writing(learned, cause_of)
    try:
        (folder / "logged").mkdir(parents=True, exist_ok=True)
        for old in (folder / "logged").glob("gateway-*.csv"):
            old.unlink()  # of an earlier import, perhaps with real names
        gateways = writing.gateways(folder)
        write_here(folder / "scenario.toml", writing.scenario(name, gateways).encode())
        write_here(folder / "message.eml", _MESSAGE.format(domain=writing.sender_domain).encode())
        with open_here(folder / "recipients.csv") as file:
            csv.writer(file, lineterminator="\n").writerows(
                [["email"], *([naming.address(each)] for each in learned.attempts)]
            )
    except OSError as error:
        raise InputError(folder, f"cannot be written ({error.strerror})", "choose another folder with --out") from None
    unknown = sum(writing.cause_of(reply) is Cause.UNKNOWN for reply in learned.replies)
    passed_over = {kind.value: count for kind, count in learned.kinds.items() if kind not in _REPLAYED}
    return ImportSummary(
        folder,
        len(learned.attempts),
        len(gateways),
        len(learned.replies),
        unknown,
        learned.skipped,
        passed_over,
        learned.not_addresses,
        learned.not_an_address,
    )


_STATES: Final = {
    Cause.USER_UNKNOWN: MailboxState.DEPARTED,
    Cause.ADDRESS_MOVED: MailboxState.DEPARTED,
    Cause.BAD_DOMAIN: MailboxState.DEPARTED,
    Cause.MAILBOX_DISABLED: MailboxState.DISABLED,
    Cause.MAILBOX_FULL: MailboxState.FULL,
}
_REPLAYED: Final = {"delivered", "deferred", "refused", "bounced-later"}


class _Writing:
    """Builds the parts of the scenario from the collected facts."""

    def __init__(
        self,
        learned: Learned,
        cause_of: Callable[[str], Cause | None],
    ) -> None:
        self._learned = learned
        self._naming = learned.naming
        wordings = (reply.wording for reply in learned.replies)
        self._names = PersonalNames(wordings, learned.attempts, learned.naming)
        self._cause_of_text = cause_of
        self._causes: dict[Reply, Cause] = {}
        self._numbers = {number: reply for reply, number in learned.replies.items()}
        self._sharing = 0

    @property
    def sender_domain(self) -> str:
        """The sender's own domain."""
        found = self._learned.return_domains.most_common(1)
        return self._naming.domain(found[0][0]) if found else "sender.example"

    def cause_of(self, reply: Reply) -> Cause:
        """Return the cause that a reply's text gives, UNKNOWN if it gives none."""
        if reply not in self._causes:
            # With values, as the names of slots would be read as words of the reply.
            text = self._text(reply).format_map(_VALUES)
            cause = self._cause_of_text(text) or Cause.UNKNOWN
            is_odd = reply.code < 500 and cause.fault is Fault.RECIPIENT
            self._causes[reply] = Cause.UNKNOWN if is_odd else cause
        return self._causes[reply]

    def gateways(self, folder: Path) -> dict[str, Table]:
        """Write the log file of each gateway, and return the gateways' tables."""
        groups: dict[str, list[str]] = {}
        domains = dict.fromkeys(domain_of(recipient) for recipient in self._learned.attempts)
        for domain in domains:
            found = self._learned.exchangers.get(domain)
            groups.setdefault(found.most_common(1)[0][0] if found else domain, []).append(domain)
        self._merge(groups)
        at: dict[str, dict[str, array[int]]] = {}
        of_domain = {domain: exchanger for exchanger, several in groups.items() for domain in several}
        for recipient, told in self._learned.attempts.items():
            at.setdefault(of_domain[domain_of(recipient)], {})[recipient] = told
        return {
            f"gateway-{number}": self._gateway(f"gateway-{number}", exchanger, groups[exchanger], at[exchanger], folder)
            for number, exchanger in enumerate(sorted(groups, key=lambda each: -len(at[each])), 1)
        }

    def _merge(self, groups: dict[str, list[str]]) -> None:
        """Merge the smallest MX hosts, so that there are at most MOST_GATEWAYS."""
        if len(groups) <= MOST_GATEWAYS:
            return
        mailboxes = Counter(map(domain_of, self._learned.attempts))
        size = {exchanger: sum(mailboxes[domain] for domain in domains) for exchanger, domains in groups.items()}
        smallest = sorted(groups, key=lambda each: -size[each])[MOST_GATEWAYS - 1 :]
        self._sharing = len(smallest)
        groups["(others)"] = [domain for exchanger in smallest for domain in groups.pop(exchanger)]

    def _gateway(
        self, name: str, exchanger: str, domains: list[str], attempts: dict[str, array[int]], folder: Path
    ) -> Table:
        used = Counter(number for told in attempts.values() for number in told if is_reply(number))
        with open_here(folder / "logged" / f"{name}.csv") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["recipient", "replies"])
            rows.writerows(
                [self._naming.address(recipient), " ".join(self._learned.words(each, self._numbers) for each in told)]
                for recipient, told in attempts.items()
            )
        table = tomlkit.table()
        table["name"] = name
        table["persona"] = _persona_of(exchanger)
        table["domains"] = [self._naming.domain(domain) for domain in domains]
        self._mailboxes(table, attempts, folder)
        policy = tomlkit.table()
        policy["type"] = "as-logged"
        policy["log"] = f"logged/{name}.csv"
        replies = tomlkit.aot()
        for number, count in used.most_common():
            replies.append(self._reply(number, count))
        if replies:
            policy["reply"] = replies
        directory = tomlkit.table()
        directory["type"] = "directory"
        directory["share"] = 0.0
        directory["share"].comment("the log decides who is refused")
        policies = tomlkit.aot()
        policies.append(policy)
        policies.append(directory)
        table["policy"] = policies
        return table

    def _mailboxes(self, table: Table, attempts: dict[str, array[int]], folder: Path) -> None:
        """Write the list of mailboxes that are gone or full according to their last reply."""
        found = []
        for recipient, told in attempts.items():
            last = last_result(told)
            state = _STATES.get(self.cause_of(self._numbers[last])) if is_reply(last) else None
            if state is not None:
                found.append((self._naming.address(recipient), state.value))
        if found:
            table["mailbox_list"] = f"logged/{table['name']}-mailboxes.csv"
            with open_here(folder / table["mailbox_list"]) as file:
                csv.writer(file, lineterminator="\n").writerows([("address", "state"), *found])

    def _reply(self, number: int, seen: int) -> Table:
        reply = self._numbers[number]
        cause = self.cause_of(reply)
        table = tomlkit.table()
        table["id"] = f"r{number - 1}"
        table["stage"] = reply.stage.value
        table["code"] = reply.code
        text = self._text(reply)
        if reply.enhanced is not None and _fits(reply.code, reply.enhanced, text):
            table["enhanced"] = reply.enhanced
        table["text"] = text
        if reply.status is not None:
            table["status"] = reply.status
        table["seen"] = seen
        table["cause"] = cause.value
        table["cause"].comment(
            "unknown: write a cause here to study its effect"
            if cause is Cause.UNKNOWN
            else "what the reply says, which may not be true"
        )
        return table

    def _text(self, reply: Reply) -> str:
        text = self._names.hidden(reply.wording)
        return text if _fits(reply.code, None, text) else f"- {text}"

    def scenario(self, name: str, gateways: Mapping[str, Table]) -> str:
        """Return the scenario file."""
        learned = self._learned
        document = tomlkit.document()
        for line in self._unknowns():
            document.add(tomlkit.comment(line))
        starts = datetime.fromtimestamp(int(learned.first_at or 1_772_438_400), UTC)
        document["schema"] = 1
        document["name"] = name
        document["title"] = f"A campaign of {len(learned.attempts):,} recipients, from a log"
        document["seed"] = 550
        document["starts"] = starts
        document["sender"] = self._sender()
        campaign = tomlkit.table()
        campaign.update({"name": "logged", "message": "message.eml", "recipients": {"seed_list": "recipients.csv"}})
        campaigns = tomlkit.aot()
        campaigns.append(campaign)
        document["campaign"] = campaigns
        tables = tomlkit.aot()
        for table in gateways.values():
            tables.append(table)
        document["gateway"] = tables
        return tomlkit.dumps(document)

    def _sender(self) -> Table:
        learned = self._learned
        span_s = (learned.last_at or 0.0) - (learned.first_at or 0.0)
        per_minute = max(1, round(len(learned.attempts) / max(1.0, span_s / 60)))
        rounds = max(map(len, learned.attempts.values()))
        first_s = learned.retry_after_s or 300
        sender = tomlkit.table()
        sender["helo"] = f"mta1.{self.sender_domain}"
        sender["return_path"] = f"bounce.{self.sender_domain}"
        total = sum(learned.sources.values())
        sender["ips"] = [
            {"address": f"127.10.0.{number + 1}", "share": round(count / total, 4) or 0.0001}
            for number, (_, count) in enumerate(learned.sources.most_common(_MOST_SOURCES))
        ] or [{"address": "127.10.0.1"}]
        sender["rate"] = f"{per_minute}/1m"
        # As many rounds as the longest series in the log, so that every recipient gets all its replies.
        sender["retry"] = {"first": f"{first_s}s", "factor": 1, "longest": f"{first_s}s", "give_up_after": f"{first_s * rounds + 1}s"}  # fmt: skip  # noqa: E501
        return sender

    def _unknowns(self) -> list[str]:
        """Return comments about what the log does not contain."""
        learned = self._learned
        kinds = _counted(learned)
        lines = [
            f"Generated from a log with {kinds}.",
            "A log does not contain:",
            "- why a gateway refused. The cause is what the reply says, or unknown. Change it as you like.",
            "- who is alive. A mailbox is gone if its last reply says so.",
            "- the message. Replace message.eml by yours.",
        ]
        if learned.without_words:
            lines.append(f"- the texts of {learned.without_words:,} refusals; there were too many different ones.")
        if self._sharing:
            lines.append(f"- what {self._sharing:,} small MX hosts have in common; they are one gateway here.")
        if learned.without_stage:
            lines.append(f"- the stage of {learned.without_stage:,} refusals; here they come at RCPT.")
        if not learned.exchangers:
            lines.append("- which domains share an MX host; here each domain has its own gateway.")
        if not learned.sources:
            lines.append("- the sender's IP addresses; here one is made up.")
        if learned.first_at is None:
            lines.append("- the time; here the start and the rate are made up.")
        if learned.skipped.total:
            lines.append(
                f"- the content of {learned.skipped.total:,} {learned.skipped.what}s, which could not be read."
            )
        if learned.not_addresses:
            lines.append(f"- the recipients of {learned.not_addresses:,} events, which have no valid address.")
        return lines


def _counted(learned: Learned) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in sorted(learned.kinds.items()))


def _fits(code: int, enhanced: str | None, text: str) -> bool:
    """Whether code, status and text are a valid reply."""
    try:
        Wording.model_validate({"code": code, "enhanced": enhanced, "text": text})
    except ValueError:
        return False
    return True


def _persona_of(exchanger: str) -> str:
    """Return the persona whose MX hosts have such a name, or the default."""
    for name in personas.names():
        suffix = personas.load(name).mx.rpartition("{label}")[2]
        if suffix.count(".") > 1 and not suffix.endswith(".example") and exchanger.endswith(suffix):
            return name
    return _DEFAULT
