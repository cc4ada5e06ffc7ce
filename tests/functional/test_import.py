"""A log becomes a scenario that says the same to the same people, and holds no name of theirs."""

from __future__ import annotations

import bz2
import gzip
import lzma
import mailbox
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fivefifty_command import INPUT_WRONG, PASSED, complaint, fivefifty
from intake_samples import MAILBOX, SAMPLES, YEAR, Sample

from fake_gateways.smtp.envelope import domain_of, is_address
from probe.classify.by_text import ByText
from probe.classify.registry import choose
from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import mailbox as box_format
from probe.intake.reading import files, mail_files
from probe.intake.to_scenario import learn, write_scenario
from probe.intake.to_scenario.anonymise import Anonymiser
from probe.intake.to_scenario.write_scenario import import_as_scenario
from probe.lab.options import Options
from probe.lab.prepare import PreparedScenario, prepare
from probe.lab.run import run_scenario
from probe.ledger import Ledger
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.scenario.load import load

KEY = b"a key for tests, and no other use"
Mix = dict[str, Counter[tuple[Any, ...]]]
every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.source)


def saved(path: Path) -> Iterator[bytes | BadLine]:
    """Yield the messages of a mailbox."""
    return (mail.message for mail in mail_files.messages(path))


def logged(events: list[Event | BadLine]) -> Mix:
    """Return what a log says was heard in the end, by domain under its made-up name."""
    naming = Anonymiser(KEY)
    last: dict[str, tuple[Any, ...]] = {}
    for event in events:
        recipient = event.recipient.lower() if isinstance(event, Event) else ""
        if (
            isinstance(event, BadLine)
            or not is_address(recipient)
            or event.kind
            in {
                EventKind.OPENED,
                EventKind.CLICKED,
                EventKind.COMPLAINT,
                EventKind.FEEDBACK,
                EventKind.AUTO_REPLY,
            }
        ):
            continue
        if event.kind is EventKind.SUPPRESSED:
            continue
        if event.kind is EventKind.DELIVERED:
            last[recipient] = ("delivered",)
        elif event.kind is EventKind.BOUNCED_LATER:
            code = event.code or 500
            last[recipient] = ("report", code, event.enhanced or f"{code // 100}.0.0")
        else:
            code = event.code or (code_without_reply(event) if event.kind is EventKind.REFUSED else None)
            last[recipient] = (
                code,
                event.enhanced if code else None,
                _words(event.text, recipient) if code else frozenset(),
            )
    found: Mix = defaultdict(Counter)
    for recipient, heard in last.items():
        found[naming.domain(domain_of(recipient))][heard] += 1
    return found


def code_without_reply(event: Event) -> int | None:
    """Return the code that stands for a refusal of the sending system's own, None if it got no answer."""
    if event.enhanced is not None:
        return 550 if event.enhanced.startswith("5") else None
    return 500 if event.text and event.stage is None and "timed out" not in event.text else None


def _words(text: str, recipient: str) -> frozenset[str]:
    """Return the words of a reply that are no names and no numbers."""
    words = text.replace(recipient, " ").split()
    return frozenset(word for word in words if word.isalpha())


def replayed(folder: Path) -> Mix:
    """Return what the sender heard in the end when the scenario was run."""
    with Ledger.open(folder) as books:
        last: dict[str, Attempt] = {row.recipient: row for row in books.attempts()}
        home: dict[str, Returned] = {row.recipient: row for row in books.returned()}
    found: Mix = defaultdict(Counter)
    for recipient, row in last.items():
        if recipient in home:
            heard: tuple[Any, ...] = ("report", home[recipient].code, home[recipient].status)
        elif row.outcome == "delivered":
            heard = ("delivered",)
        else:
            heard = (row.code, row.enhanced, _words(row.text, recipient) if row.code else frozenset())
        found[domain_of(recipient)][heard] += 1
    return found


def alike(ours: Mix, theirs: Mix) -> bool:
    """Whether two mixes agree: codes and statuses exactly, words as far as they were kept."""
    if ours.keys() != theirs.keys():
        return False
    for domain, heard in ours.items():
        left = [each for each, count in heard.items() for _ in range(count)]
        right = [each for each, count in theirs[domain].items() for _ in range(count)]
        if sorted(map(repr, (each[:2] for each in left))) != sorted(map(repr, (each[:2] for each in right))):
            return False
        said = {each[2] for each in right if len(each) > 2 and each[0] != "report"}
        heard_words = [each[2] for each in left if len(each) > 2 and each[0] != "report"]
        if not all(any(words <= other for other in said) for words in heard_words):
            return False
    return True


@every_sample
@pytest.mark.parametrize("transport", ["memory", "tcp"])
def test_a_scenario_made_of_a_log_says_the_same_to_everybody(sample: Sample, transport: Any, tmp_path: Path) -> None:
    events = list(sample.read())
    import_as_scenario(events, tmp_path / "made", name="made", key=KEY, cause_of=ByText().cause_of)
    prepared = prepare(load(tmp_path / "made" / "scenario.toml"))
    run_scenario(prepared, Options(transport=transport, out=tmp_path / "run", classifiers=choose(["code"])))
    ours, theirs = replayed(tmp_path / "run"), logged(events)
    assert {domain: sum(heard.values()) for domain, heard in ours.items()} == {
        domain: sum(heard.values()) for domain, heard in theirs.items()
    }
    assert alike(ours, theirs), f"{dict(ours)} is not {dict(theirs)}"


def test_a_mailbox_of_bounces_says_the_same_to_everybody(tmp_path: Path) -> None:
    events = list(box_format.events(saved(MAILBOX)))
    assert [(type(each).__name__, getattr(each, "kind", "")) for each in events] == [
        ("Event", "bounced-later"),
        ("Event", "bounced-later"),
        ("Event", "deferred"),
        ("Event", "auto-reply"),
        ("BadLine", ""),
    ]
    import_as_scenario(events, tmp_path / "made", name="made", key=KEY, cause_of=ByText().cause_of)
    prepared = prepare(load(tmp_path / "made" / "scenario.toml"))
    run_scenario(prepared, Options(transport="memory", out=tmp_path / "run", classifiers=choose(["code"])))
    assert alike(replayed(tmp_path / "run"), logged(events))


@every_sample
def test_no_name_of_the_log_stands_in_the_scenario(sample: Sample, tmp_path: Path) -> None:
    events = [event for event in sample.read() if isinstance(event, Event)]
    import_as_scenario(events, tmp_path / "made", name="made", key=KEY, cause_of=ByText().cause_of)
    written = "\n".join(path.read_text("utf-8") for path in sorted((tmp_path / "made").rglob("*")) if path.is_file())
    for secret in ("anna.berg", "ben.costa", "carla", "dora", "northwind", "southwind", "messenger.example",
                   "203.0.113", "198.51.100", "192.0.2", "8842f0aa11"):  # fmt: skip
        assert secret not in written.lower()


def tried(each: Event | BadLine) -> bool:
    """Whether a recipient was refused or got the message."""
    return isinstance(each, Event) and each.kind in {EventKind.DELIVERED, EventKind.REFUSED}


@every_sample
def test_with_their_names_kept_they_stand_there(sample: Sample, tmp_path: Path) -> None:
    import_as_scenario(sample.read(), tmp_path / "made", name="made", key=None, cause_of=ByText().cause_of)
    listed = (tmp_path / "made" / "recipients.csv").read_text("utf-8").lower().split()
    tried_ones = {each.recipient.lower() for each in sample.read() if tried(each)}
    assert set(filter(is_address, tried_ones)) <= set(listed)
    prepare(load(tmp_path / "made" / "scenario.toml"))


def made(tmp_path: Path, *arguments: object) -> Path:
    """Import by the command line, and return the scenario."""
    done = fivefifty("import", *arguments, "--out", tmp_path / "made")
    assert (done.returncode, done.stderr) == (PASSED, "")
    return tmp_path / "made" / "scenario.toml"


def test_the_command_makes_a_scenario_that_runs(tmp_path: Path) -> None:
    scenario = made(tmp_path, SAMPLES[0].path, "--from", "postfix", "--year", YEAR)
    assert fivefifty("scenario", "check", scenario).returncode == PASSED
    done = fivefifty("run", scenario, "--transport", "memory", "--out", tmp_path / "run")
    assert (done.returncode, done.stderr) == (PASSED, "")


def test_a_key_file_is_made_once_and_used_again(tmp_path: Path) -> None:
    key = tmp_path / "key"
    first = made(tmp_path, SAMPLES[0].path, "--from", "postfix", "--key-file", key).parent
    listed = (first / "recipients.csv").read_text("utf-8")
    assert key.stat().st_mode & 0o777 == 0o600
    again = made(tmp_path, SAMPLES[0].path, "--from", "postfix", "--key-file", key, "--force").parent
    assert (again / "recipients.csv").read_text("utf-8") == listed


def test_a_packed_log_is_read_as_it_is(tmp_path: Path) -> None:
    packed = tmp_path / "mail.log.gz"
    packed.write_bytes(gzip.compress(SAMPLES[0].path.read_bytes()))
    plain = fivefifty("import", SAMPLES[0].path, "--from", "postfix", "--as", "events", "--year", YEAR)
    again = fivefifty("import", packed, "--from", "postfix", "--as", "events", "--year", YEAR)
    assert plain.stdout == again.stdout
    assert plain.returncode == again.returncode == PASSED


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_a_mailbox_of_bounces_is_read(kind: str, tmp_path: Path) -> None:
    report = (
        "From: MAILER-DAEMON@mx.acme.example\nTo: march+ann=acme.example@bounce.messenger.example\n"
        "Date: Mon, 02 Mar 2026 08:00:05 +0000\nSubject: Undelivered\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n--x\nContent-Type: text/plain\n\n'
        "Sorry.\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.example\n\n"
        "Final-Recipient: rfc822; ann@acme.example\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\n--x--\n"
    )
    path = tmp_path / kind
    box: Any = mailbox.mbox(str(path)) if kind == "mbox" else mailbox.Maildir(str(path))
    box.add(report)
    box.add("From: a@b.example\nSubject: Hello\n\nNothing of interest.\n")
    box.close()
    done = fivefifty("import", path, "--from", "mailbox", "--as", "events")
    assert done.returncode == PASSED
    assert '"kind": "bounced-later", "recipient": "ann@acme.example", "at": 1772438405.0' in done.stdout
    assert '"campaign": "march", "code": 550, "enhanced": "5.1.1"' in done.stdout
    assert '"reason": "a message that is no delivery report"}' in done.stdout


def test_a_log_without_mail_that_went_out_is_told(tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_text(
        "Nov 12 09:06:56 mx1 postfix/postscreen[7]: NOQUEUE: reject: RCPT from [192.0.2.7]:4000: 550 5.7.1 No"
    )
    done = fivefifty("import", log, "--from", "postfix", "--out", tmp_path / "made")
    assert "holds no outgoing delivery: 0 of 1 lines of Postfix's log tell of one" in complaint(done)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nowhere.log", "--from", "postfix"), "nowhere.log: is not a file; check the file name"),
        ((SAMPLES[0].path, "--from", "pigeon"), "--from pigeon: is not a known format; use one of: postfix,"),
        (
            (SAMPLES[0].path, "--from", "csv", "--columns", "x"),
            "--columns x: is not a pair of names; write for example",
        ),
        ((SAMPLES[0].path, "--from", "mailbox"), "0 of 0 messages are events in the format mailbox"),
        (
            (SAMPLES[0].path, "--from", "exim"),
            "/postfix.log: 0 of 24 lines are events in the format exim; the first that was not understood is l",
        ),
        (
            (SAMPLES[0].path, "--from", "exim"),
            "pickup[101]: 4Bq1Ns0Qz9z1: uid=1000 from=<news>; it looks like Postfix's log: --from postfix",
        ),
        (
            (SAMPLES[1].path, "--from", "postfix", "--as", "events"),
            "it looks like Exim's main log: --from exim",
        ),
        (
            (SAMPLES[0].path, "--from", "csv"),
            "map one to it: --columns recipient=NAME; it looks like Postfix's log: --from postfix",
        ),
        (("/dev/null", "--from", "postfix"), "is not a file"),
    ],
)
def test_what_cannot_be_imported_is_told_in_one_sentence(
    arguments: tuple[Any, ...], sentence: str, tmp_path: Path
) -> None:
    done = fivefifty("import", *arguments, "--out", tmp_path / "made")
    assert done.returncode == INPUT_WRONG
    assert done.stderr.startswith("fivefifty: ")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_packed_log_is_known_by_what_it_holds_and_not_by_its_name(tmp_path: Path) -> None:
    packed, plain = tmp_path / "mail.log", tmp_path / "plain.gz"
    packed.write_bytes(gzip.compress(SAMPLES[0].path.read_bytes()))
    plain.write_bytes(SAMPLES[0].path.read_bytes())
    assert list(files.lines(packed)) == list(files.lines(plain)) == SAMPLES[0].lines


@pytest.mark.parametrize("damage", ["cut", "overwritten"])
def test_a_damaged_packed_log_is_told_in_one_sentence(damage: str, tmp_path: Path) -> None:
    octets = bytearray(gzip.compress(SAMPLES[0].path.read_bytes()))
    if damage == "cut":
        del octets[len(octets) // 2 :]
    else:
        octets[10:20] = b"\xff" * 10  # the first block is of no kind that there is
    packed = tmp_path / "mail.log.gz"
    packed.write_bytes(octets)
    done = fivefifty("import", packed, "--from", "postfix", "--out", tmp_path / "made")
    assert complaint(done).startswith(f"{packed}: cannot be read (")


def imported(events: list[Event | BadLine], tmp_path: Path) -> PreparedScenario:
    """Return the scenario that is made of events, set up."""
    import_as_scenario(events, tmp_path / "made", name="made", key=KEY, cause_of=ByText().cause_of)
    return prepare(load(tmp_path / "made" / "scenario.toml"))


def test_times_that_no_campaign_was_at_make_no_scenario_that_cannot_be_run(tmp_path: Path) -> None:
    ann, ben = "ann@a.example", "ben@a.example"
    events = [
        Event(EventKind.DEFERRED, ann, 4.1e8, code=450),
        Event(EventKind.DELIVERED, ann, 4.1e9),
        *(Event(EventKind.DELIVERED, ben, at) for at in (-6e10, 0.0, 2.5e11)),
    ]
    assert imported(events, tmp_path).loaded.scenario.sender.retry.first == 300.0


def test_a_log_of_noise_makes_a_scenario_of_so_many_replies_and_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learn, "MOST_REPLIES", 20)
    events = [
        Event(EventKind.REFUSED, f"ann{n}@a.example", code=550, enhanced=f"5.7.{n}", text=f"{n} {'ab' * n}")
        for n in range(99)
    ]
    prepared = imported(events, tmp_path)
    (policy,) = (each for each in prepared.companies[0].policies if each.type == "as-logged")
    assert len(policy.reply) == 41
    assert sum(each.seen for each in policy.reply) == len(events)
    run_scenario(prepared, Options(transport="memory", out=tmp_path / "run", classifiers=choose(["code"])))
    with Ledger.open(tmp_path / "run") as books:
        assert [row.code for row in books.attempts()] == [550] * len(events)
    assert "the texts of 59 refusals; there were too many" in (tmp_path / "made" / "scenario.toml").read_text("utf-8")


def test_the_smallest_of_very_many_exchangers_share_a_gateway_and_everybody_hears_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_scenario, "MOST_GATEWAYS", 5)
    events: list[Event | BadLine] = [
        Event(
            EventKind.REFUSED, f"p{n}@c{company}.example", code=550 + company % 3, text="no", mx=f"mx{company}.example"
        )
        for company in range(12)
        for n in range(12 - company)
    ]
    prepared = imported(events, tmp_path)
    assert [len(company.domains) for company in prepared.companies] in ([8, 1, 1, 1, 1], [1, 1, 1, 1, 8])
    assert "8 small MX hosts" in (tmp_path / "made" / "scenario.toml").read_text("utf-8")
    run_scenario(prepared, Options(transport="memory", out=tmp_path / "run", classifiers=choose(["code"])))
    assert alike(replayed(tmp_path / "run"), logged(events))


def test_a_message_that_goes_from_a_maildir_while_it_is_read_costs_no_other(tmp_path: Path) -> None:
    box = mailbox.Maildir(str(tmp_path / "box"))
    (message, *_) = saved(MAILBOX)
    for _ in range(3):
        box.add(message)
    reading = saved(tmp_path / "box")
    assert next(reading) == message
    for path in sorted((tmp_path / "box" / "new").iterdir())[1:2]:
        path.unlink()
    found = list(box_format.events([message, *reading]))
    assert [isinstance(each, BadLine) for each in found].count(True) == 1
    assert len(found) == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_a_log_is_read_in_any_encoding_and_packing(
    encoding: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    saved = tmp_path / "mail.log"
    saved.write_bytes(pack(SAMPLES[0].path.read_text("utf-8").replace("\n", "\r\n").encode(encoding)))
    assert list(files.lines(saved)) == SAMPLES[0].lines


@pytest.mark.parametrize(("head", "kind"), [(b"\x28\xb5\x2f\xfd", "zstd"), (b"PK\x03\x04", "zip")])
def test_a_file_that_has_to_be_unpacked_first_is_told(head: bytes, kind: str, tmp_path: Path) -> None:
    packed = tmp_path / "log"
    packed.write_bytes(head + b"x" * 100)
    assert (
        complaint(fivefifty("import", packed, "--from", "kumomta"))
        == f"{packed}: is packed with {kind}; unpack it first"
    )
