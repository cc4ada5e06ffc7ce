"""fivefifty placement FILE: what is done in seed mailboxes, what is in the way there, and who must not be asked."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, Final

import pytest
from fivefifty_command import complaint, fivefifty
from imap_server import CUT, imap_server

from fake_gateways.certificate import Authority
from probe.cli.exit_codes import Exit
from probe.input_error import InputError
from probe.placement.open_mailbox import Wanted, secret_of
from probe.placement.open_mailboxes import Allowed, read_file, read_mailboxes
from probe.placement.placed import Placed, Where
from probe.placement.seeds import SeedAt

SECRET: Final = "hunter2"
SENT: Final = datetime(2026, 11, 30, 8, tzinfo=UTC)
WANTED: Final = Wanted("X-Campaign", "spring", SENT)
HEADER: Final = "X-Campaign: spring; variant=b\r\nReceived: from x ([203.0.113.7]) by y\r\n\r\n"
LISTED: Final = b'* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\Junk) "/" Bad\r\n* LIST () "/" "An &AOk-"\r\n'
FILE: Final = """\
[provider.freemail]
host = "{host}"
port = {port}
tls = "none"
auth = "{auth}"

[[seed]]
address = "ann@freemail.example"
provider = "freemail"
secret = "env:SEED_ANN"
"""


def fetched(header: str = HEADER) -> bytes:
    """Return the answer to FETCH: one message, half a minute after it was sent."""
    date = "30-Nov-2026 08:00:30 +0000"
    return (
        f'* 1 FETCH (UID 7 INTERNALDATE "{date}" BODY[HEADER.FIELDS (X-CAMPAIGN RECEIVED)] {{{len(header)}}}\r\n'
        f"{header})\r\n"
    ).encode()


def in_folder(folder: str, header: str = HEADER) -> Callable[[str], bytes | None]:
    """Return the answers of a server that has the message in one folder, besides others."""
    opened = [""]

    def answer(command: str) -> bytes | None:
        if command.startswith(("EXAMINE", "SELECT")):
            opened[0] = command.partition(" ")[2].strip('"')
        if command.startswith("LIST"):
            return LISTED
        if command.startswith("UID SEARCH") and folder in opened[0]:
            return b"* SEARCH 7\r\n"
        return fetched(header) if command.startswith("UID FETCH") else None

    return answer


def seeds_file(folder: Path, port: int, host: str = "127.0.0.1", auth: str = "login") -> Path:
    """Write a file with one seed."""
    path = folder / "seeds.toml"
    path.write_text(FILE.format(host=host, port=port, auth=auth), "utf-8")
    return path


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEED_ANN", SECRET)


def seen(
    folder: Path, answer: Callable[[str], bytes | None] = lambda _: None, *, tidy: bool = False, auth: str = "login"
) -> tuple[Placed, list[str]]:
    """Read one mailbox; return what was seen, and the commands that the server heard."""
    with imap_server(answer) as (port, heard):
        file = read_file(seeds_file(folder, port, auth=auth))
        (found,) = read_mailboxes(file, WANTED, None, SENT, tidy=tidy)
    return found, heard


@pytest.mark.parametrize(
    ("folder", "where", "why"), [("INBOX", Where.INBOX, ""), ("Bad", Where.JUNK, ""), ("An ", Where.OTHER, "An ")]
)
def test_a_message_is_found_where_it_is(tmp_path: Path, folder: str, where: Where, why: str) -> None:
    found, heard = seen(tmp_path, in_folder(folder))
    assert (found.where, found.source, found.variant, found.took_s) == (where, "203.0.113.7", "b", 30.0)
    assert found.why.startswith(why)
    assert [each for each in heard if each.startswith(("SELECT", "STORE", "UID STORE", "EXPUNGE", "UID EXPUNGE"))] == []
    assert "BODY.PEEK" in next(each for each in heard if each.startswith("UID FETCH"))


@pytest.mark.parametrize("campaign", ["spring-2", "x spring", ""])
def test_a_header_that_only_contains_the_name_is_of_another_campaign(tmp_path: Path, campaign: str) -> None:
    found, _ = seen(tmp_path, in_folder("INBOX", f"X-Campaign: {campaign}\r\n\r\n"))
    assert found.where is Where.MISSING


def test_a_folder_that_cannot_be_opened_may_have_the_message(tmp_path: Path) -> None:
    listed = LISTED.replace(b"An &AOk-", b"An \xe9")
    found, _ = seen(tmp_path, lambda command: listed if command.startswith("LIST") else None)
    assert (found.where, found.why) == (None, "the folder An \N{REPLACEMENT CHARACTER} cannot be opened")


def test_only_tidy_deletes_what_was_found(tmp_path: Path) -> None:
    found, heard = seen(tmp_path, in_folder("INBOX"), tidy=True)
    assert found.where is Where.INBOX
    changed = [each for each in heard if "STORE" in each or "EXPUNGE" in each]
    assert len(changed) == 2
    assert changed[0].startswith("UID STORE 7 +FLAGS")
    assert changed[1].startswith("UID EXPUNGE 7")


def test_a_token_is_told_as_xoauth2_has_it(tmp_path: Path) -> None:
    found, heard = seen(
        tmp_path, lambda command: b"+ \r\n" if command.startswith("AUTHENTICATE") else None, auth="xoauth2"
    )
    assert any(each.startswith("AUTHENTICATE XOAUTH2") for each in heard)
    assert found.where is not Where.INBOX


FAULTS: Final[list[tuple[str, bytes, str]]] = [
    ("", CUT, "the server cannot be reached"),
    ("", b"* BYE too many\r\n", "the server cannot be reached"),
    ("", b"\0\xff what?\r\n", "the server cannot be reached"),
    ("LOGIN", b"NO wrong password hunter2\r\n", "the login is refused"),
    ("LOGIN", CUT, "the connection was cut"),
    ("EXAMINE", b"NO gone\r\n", "the folder INBOX cannot be opened"),
    ("EXAMINE", CUT, "the connection was cut"),
    ("UID SEARCH", b"BAD what\r\n", "the server refused a command"),
    ("UID SEARCH", CUT, "the connection was cut"),
    ("UID SEARCH", b"* SEARCH seven\r\n", "what the server says is not IMAP"),
    ("LIST", b"* LIST (\r\n", ""),
    ("LIST", CUT, "the connection was cut"),
]


@pytest.mark.parametrize(("at", "said", "why"), FAULTS)
def test_what_is_in_the_way_is_said_and_nothing_is_known_then(tmp_path: Path, at: str, said: bytes, why: str) -> None:
    def answer(command: str) -> bytes | None:
        return said if (command.startswith(at) if at else not command) else None

    found, _ = seen(tmp_path, answer)
    assert found.where is None, found
    assert SECRET not in found.why
    assert why in found.why


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_mailbox_is_read_over_an_encrypted_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    authority = Authority(["127.0.0.1"])
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    with imap_server(in_folder("INBOX"), authority.context, from_start=tls == "implicit") as (port, heard):
        path = seeds_file(tmp_path, port)
        path.write_text(path.read_text("utf-8").replace('tls = "none"', f'tls = "{tls}"'), "utf-8")
        (refused,) = read_mailboxes(read_file(path), WANTED, None, SENT)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        (found,) = read_mailboxes(read_file(path), WANTED, None, SENT)
    assert (refused.where, refused.why) == (None, "there is no safe connection (TLS)")
    assert found.where is Where.INBOX
    assert len([each for each in heard if each.startswith("LOGIN")]) == 1


def test_a_server_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probe.placement.open_mailbox._TIMEOUT_S", 0.1)
    found, _ = seen(tmp_path, lambda command: b"* OK wait" if command.startswith("UID SEARCH") else None)
    assert found.where is None


@pytest.mark.parametrize("at", ["", "LOGIN", "UID SEARCH"])
def test_a_server_that_takes_its_time_is_left_when_the_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setattr("probe.placement.open_mailbox._MOST_S", 0.2)
    left = Event()

    def answer(command: str) -> bytes | None:
        if command.startswith(at) if at else not command:
            left.wait(20)
        return None

    with imap_server(answer) as (port, _):
        (found,) = read_mailboxes(read_file(seeds_file(tmp_path, port)), WANTED, None, SENT)
        left.set()
    assert (found.where, found.why) == (None, "the server does not answer in time")


@pytest.mark.parametrize("at", ["", "LOGIN", "LIST", "UID SEARCH", "LOGOUT"])
@pytest.mark.parametrize("said", [b"* OK more\r\n" * 5_000, b"* OK {40000}\r\n" + b"x" * 40_000 + b"\r\n"])
def test_no_more_is_read_of_a_server_than_a_mailbox_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, said: bytes
) -> None:
    monkeypatch.setattr("probe.placement.open_mailbox._MOST_OCTETS", 20_000)
    with imap_server(lambda command: said if (command.startswith(at) if at else not command) else None) as (port, _):
        (found,) = read_mailboxes(read_file(seeds_file(tmp_path, port)), WANTED, None, SENT)
    assert found.where is (Where.MISSING if at == "LOGOUT" else None)


ALLOW: Final = """\
contact = "postmaster@sender.example"
[[host]]
name = "{name}"
recipients = ["{recipient}"]
purpose = "where our newsletter lands"
expires = {expires}
"""


@pytest.mark.parametrize(
    ("name", "recipient", "days", "words"),
    [
        (None, "", 0, "imap.freemail.example: is not on this machine, and no allow list names it"),
        ("mx.freemail.example", "ann@freemail.example", 30, "does not name imap.freemail.example"),
        ("imap.freemail.example", "bob@freemail.example", 30, "seed ann@freemail.example: is not among the recipients"),
        ("imap.freemail.example", "ann@freemail.example", -1, "has expired on"),
        ("*.freemail.example", "ann@freemail.example", 30, "is more than one host"),
    ],
)
def test_beyond_this_machine_a_list_must_allow_it(
    tmp_path: Path, name: str | None, recipient: str, days: int, words: str
) -> None:
    path = seeds_file(tmp_path, 993, host="imap.freemail.example")
    path.write_text(path.read_text("utf-8").replace('tls = "none"', ""), "utf-8")
    allow = []
    if name is not None:
        expires = datetime.now(UTC).date() + timedelta(days=days)
        (tmp_path / "allow.toml").write_text(ALLOW.format(name=name, recipient=recipient, expires=expires), "utf-8")
        allow = ["--allow", "allow.toml"]
    done = fivefifty("placement", path, "--campaign", "spring", "--sent", "2026-11-30T08:00Z", *allow, cwd=tmp_path)
    assert words in complaint(done)


def test_mailboxes_are_read_within_the_budget_of_the_allow_list(tmp_path: Path) -> None:
    expires = SENT.date() + timedelta(days=30)
    allow = ALLOW.format(name="127.0.0.1", recipient="ann@freemail.example", expires=expires)
    (tmp_path / "allow.toml").write_text(f"{allow}connections_per_day = 2\n", "utf-8")
    allowed = Allowed(tmp_path / "allow.toml", tmp_path / "state.sqlite")
    with imap_server(in_folder("INBOX")) as (port, heard):
        file = read_file(seeds_file(tmp_path, port))
        read = [read_mailboxes(file, WANTED, allowed, SENT)[0] for _ in range(3)]
    assert [each.where for each in read] == [Where.INBOX, Where.INBOX, None]
    assert read[-1].why == "the connections that the allow list permits within a day are spent"
    assert len([each for each in heard if each.startswith("LOGIN")]) == 2
    with closing(sqlite3.connect(tmp_path / "state.sqlite")) as state:
        said = {said for (said,) in state.execute("SELECT said FROM dialogue")}
    assert said == {"IMAP LOGIN ann@freemail.example; where our newsletter lands; postmaster@sender.example"}


def test_a_keyring_is_asked_for_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class LockedError(Exception):
        """As keyring raises it."""

    answers: list[Any] = [SECRET, None, LockedError()]

    def get_password(service: str, user: str) -> str | None:
        assert (service, user) == ("seeds", "ann@freemail.example")
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return str(answer) if answer else None

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=get_password))
    monkeypatch.setitem(sys.modules, "keyring.errors", SimpleNamespace(KeyringError=LockedError))
    path = seeds_file(tmp_path, 1)
    path.write_text(path.read_text("utf-8").replace("env:SEED_ANN", "keyring:seeds"), "utf-8")
    file = read_file(path)
    seed = SeedAt(file.seed[0], file.provider["freemail"])
    assert secret_of(seed) == SECRET
    with pytest.raises(InputError, match="has no password in the keyring under seeds; run keyring set seeds ann@"):
        secret_of(seed)
    with pytest.raises(InputError, match=r"cannot be read \(LockedError\)"):
        secret_of(seed)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ([], "--campaign: is missing"),
        (["--campaign", "spring"], "--sent: is missing"),
        (["--campaign", "spring", "--sent", "today"], "'today' is not a time with a time zone"),
        (["--campaign", "spring", "--sent", "2026-11-30T08:00"], "is not a time with a time zone"),
        (["--campaign", 'spring"; x', "--sent", "2026-11-30T08:00Z"], "is no name of a campaign"),
        (["--seeds", "3"], "--seeds: is of no use here"),
        (
            ["--campaign", "spring", "--sent", "2026-11-30T08:00Z", "--history", "/dev/null"],
            "is a folder, a device or a pipe",
        ),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, more: list[str], words: str) -> None:
    assert words in complaint(fivefifty("placement", seeds_file(tmp_path, 1), *more, cwd=tmp_path))


def test_a_password_that_is_nowhere_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEED_ANN")
    done = fivefifty("placement", seeds_file(tmp_path, 1), "--campaign", "spring", "--sent", "2026-11-30T08:00Z")
    assert "seed ann@freemail.example: has its password in the variable SEED_ANN, which is not set" in complaint(done)


@pytest.mark.parametrize(
    ("written", "instead", "words"),
    [
        ("env:SEED_ANN", f"env:{SECRET}", "does not say where the password is"),
        ("env:SEED_ANN", SECRET, "does not say where the password is"),
        ("127.0.0.1", f"ann:{SECRET}@127.0.0.1", "is not a host"),
    ],
)
def test_a_password_in_a_wrong_place_is_not_repeated(tmp_path: Path, written: str, instead: str, words: str) -> None:
    path = seeds_file(tmp_path, 143)
    path.write_text(path.read_text("utf-8").replace(written, instead), "utf-8")
    said = complaint(fivefifty("placement", path, "--campaign", "spring", "--sent", "2026-11-30T08:00Z"))
    assert words in said
    assert SECRET not in said


def test_tls_is_needed_beyond_this_machine(tmp_path: Path) -> None:
    path = seeds_file(tmp_path, 143, host="imap.freemail.example")
    done = fivefifty("placement", path, "--campaign", "spring", "--sent", "2026-11-30T08:00Z")
    assert "provider freemail: would be sent passwords that others can read" in complaint(done)


def test_a_history_keeps_what_was_seen_and_no_password(tmp_path: Path) -> None:
    history = tmp_path / "history.sqlite"

    def call(answer: Callable[[str], bytes | None], campaign: str) -> tuple[int, dict[str, Any]]:
        with imap_server(answer) as (port, _):
            words = ("--campaign", campaign, "--sent", "2026-11-30T08:00Z", "--history", history, "--json")
            done = fivefifty("placement", seeds_file(tmp_path, port), *words)
        assert SECRET not in done.stdout + done.stderr
        return done.returncode, json.loads(done.stdout)

    assert call(in_folder("INBOX"), "spring")[0] == Exit.PASSED
    code, found = call(lambda command: b"NO no\r\n" if command.startswith("LOGIN") else None, "spring")
    assert (code, found["all"]["inbox"]) == (Exit.PASSED, 1)
    code, found = call(lambda _: None, "summer")
    assert [(each["name"], each["inbox"], each["missing"]) for each in found["campaigns"]] == [
        ("spring", 1, 0),
        ("summer", 0, 1),
    ]
    assert SECRET.encode() not in history.read_bytes()


def test_what_a_server_says_is_not_printed(tmp_path: Path) -> None:
    with imap_server(lambda command: b"NO \x1b[31m \xfc" + b"\r\n" if command.startswith("EXAMINE") else None) as (
        port,
        _,
    ):
        words = ("--campaign", "spring", "--sent", "2026-11-30T08:00Z")
        done = fivefifty("placement", seeds_file(tmp_path, port), *words)
    assert (done.returncode, done.stderr) == (Exit.CANNOT_TELL, "")
    assert "\x1b" not in done.stdout
    assert "ann@freemail.example (the folder INBOX cannot be opened)" in done.stdout


def test_if_nobody_could_be_read_nothing_can_be_told(tmp_path: Path) -> None:
    with imap_server(lambda command: b"NO no\r\n" if command.startswith("LOGIN") else None) as (port, _):
        words = ("--campaign", "spring", "--sent", "2026-11-30T08:00Z")
        done = fivefifty("placement", seeds_file(tmp_path, port), *words)
    assert done.returncode == Exit.CANNOT_TELL
    assert "1 seed could not be read: ann@freemail.example (the login is refused)." in done.stdout


@pytest.mark.parametrize("said", [b"(" * 5_000 + b")" * 5_000, b"{99999999999999999999}"])
def test_answers_that_are_too_deep_or_too_large_are_not_imap(tmp_path: Path, said: bytes) -> None:
    answer = b"* LIST " + said + b"\r\n"
    with imap_server(lambda command: answer if command.startswith("LIST") else None) as (port, _):
        (found,) = read_mailboxes(read_file(seeds_file(tmp_path, port)), WANTED, None, SENT)
    assert (found.where, found.why) == (None, "what the server says is not IMAP")


def test_a_folder_name_with_a_line_end_is_never_sent(tmp_path: Path) -> None:
    def answer(command: str) -> bytes | None:
        return b'* LIST () "/" {12}\r\nx\r\nA1 NOOP\r\n\r\n' if command.startswith("LIST") else None

    with imap_server(answer) as (port, commands):
        (found,) = read_mailboxes(read_file(seeds_file(tmp_path, port)), WANTED, None, SENT)
    assert "cannot be opened" in found.why
    assert not any("NOOP" in each for each in commands)
