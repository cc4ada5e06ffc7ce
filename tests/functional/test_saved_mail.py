"""Mail that came home, as mail programs save it: mbox, Maildir, single mails, and folders of these."""

from __future__ import annotations

import gzip
import json
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fivefifty_command import COMMAND, INPUT_WRONG, PASSED, fivefifty
from intake_samples import SAMPLES

from fake_gateways.truth import Cause
from probe.intake.hints import Hints
from probe.judge.open_reported import open_reported

FROM = "From MAILER-DAEMON Tue Mar  3 09:00:13 2026\n"


def report(person: str) -> str:
    return (
        f"From: MAILER-DAEMON@mx.acme.example\nTo: march+{person}=acme.example@bounce.messenger.example\n"
        "Date: Mon, 02 Mar 2026 08:00:05 +0000\nSubject: Undelivered\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n--x\nContent-Type: text/plain\n\n'
        "Sorry.\n\nFrom our side nothing more can be done.\n--x\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.acme.example\n\nFinal-Recipient: rfc822; {person}@acme.example\nAction: failed\n"
        "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n--x--\n"
    )


def read(path: Path) -> subprocess.CompletedProcess[str]:
    return fivefifty("import", path, "--from", "mailbox", "--as", "events")


def people(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the names of the recipients in the events that were printed."""
    assert done.returncode == PASSED, done.stderr
    events = map(json.loads, done.stdout.splitlines())
    return [each["recipient"].partition("@")[0] for each in events if "recipient" in each]


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


@pytest.mark.parametrize(
    "octets",
    [
        report("ann").encode(),
        report("ann").replace("\n", "\r\n").encode(),
        report("ann").encode("utf-8-sig"),
        report("ann").encode("utf-16"),
        gzip.compress(report("ann").encode()),
        (FROM + report("ann")).encode(),
        (FROM + report("ann")).replace("\n", "\r\n").encode("utf-8-sig"),
        gzip.compress((FROM + report("ann")).encode()),
        b"%d\n" % len(report("ann")) + report("ann").encode() + b"<plist/>\n",
        report("ann").partition("\n")[2].encode(),
    ],
    ids=["eml", "CRLF", "BOM", "UTF-16", "gzip", "mbox", "mbox with CRLF", "packed mbox", "emlx", "no From: field"],
)  # fmt: skip
def test_a_file_with_one_mail_is_read(octets: bytes, tmp_path: Path) -> None:
    (tmp_path / "saved").write_bytes(octets)
    assert people(read(tmp_path / "saved")) == ["ann"]


def test_every_mail_of_an_mbox_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "Inbox").write_text(
        FROM + report("ann") + "\n" + FROM.replace("MAILER-DAEMON", "-") + report("bob") + FROM + report("cat")
    )
    assert people(read(tmp_path / "Inbox")) == ["ann", "bob", "cat"]


@pytest.mark.parametrize(
    "files",
    [
        {"1.eml": "ann", "2.eml": "bob"},
        {"2.eml": "ann", "10.eml": "bob"},
        {"1.EML": "ann", "march/week 2/2": "bob"},
        {"new/1.mx": "ann", "new/2.mx": "bob"},
        {"cur/1.mx:2,S": "ann", "cur/2.mx:2,RS": "bob"},
        {"cur/1.mx:2,S": "ann", "new/2.mx": "bob", "tmp/3.mx": "cat", ".Sent/cur/4.mx:2,S": "dan", ".DS_Store": "eve"},
        {"tmp/1.mx": "ann", "tmp/2.mx": "bob"},
        {"old.eml": "ann", "new/1.eml": "bob"},
        {"a.mbox/mbox": "ann", "b/new/1.mx": "bob", "b/tmp/1": "cat"},
    ],
    ids=["eml", "numbered", "nested", "new alone", "cur alone", "Maildir", "tmp alone", "called new", "several"],
)
def test_every_mail_of_a_folder_is_read_once(files: dict[str, str], tmp_path: Path) -> None:
    written(tmp_path / "box", {name: report(person) for name, person in files.items()})
    assert people(read(tmp_path / "box")) == ["ann", "bob"]


def test_linked_folders_are_read_once(tmp_path: Path) -> None:
    written(tmp_path, {"elsewhere/1.eml": report("ann"), "box/2.eml": report("bob")})
    (tmp_path / "box" / "cur").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "box" / "again").symlink_to(tmp_path / "box")
    assert sorted(people(read(tmp_path / "box"))) == ["ann", "bob"]


def test_lists_that_a_mail_server_keeps_in_a_maildir_are_no_mail(tmp_path: Path) -> None:
    written(tmp_path, {"cur/1.mx:2,S": report("ann"), "dovecot-uidlist": "3 V17\n1 :1.mx\n", "maildirsize": "1000S\n"})
    assert read(tmp_path).stdout.count("\n") == 1


def test_a_file_that_is_no_mail_costs_no_other_and_is_named(tmp_path: Path) -> None:
    box = written(
        tmp_path / "box",
        {
            "1.eml": report("ann"),
            "2.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "3.eml.gz": gzip.compress(report("bob").encode())[:40],
            "4.txt": "hello\n",
            "5.eml": "",
            "6/hi.eml": "From: ann@acme.example\nSubject: Hello\n\nhello\n",
            "7.eml": report("cat"),
        },
    )
    events = read(box)
    assert people(events) == ["ann", "cat"]
    assert '{"bad_line": 2, "text": "2.msg", "reason": "is a message of Outlook (.msg)"}' in events.stdout
    done = fivefifty("import", box, "--from", "mailbox", "--out", tmp_path / "made")
    assert done.returncode == PASSED
    assert "5 messages could not be read:" in done.stdout
    for each in (
        "2: file 4 (holds no mail): 4.txt",
        "1: file 2 (is a message of Outlook (.msg)): 2.msg",
        "1: file 3 (cannot be read (Compressed file ended before the end-of-stream marker was reached)): 3.eml.gz",
        "1: message 7 (a message that is no delivery report): 6/hi.eml: Subject: Hello",
    ):
        assert each in done.stdout


def nothing(name: str, folder: Path) -> Path:
    """Return something that holds no mail that came home."""
    path = folder / name
    if name == "folder":
        path.mkdir()
    elif name == "mail.zip":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("1.eml", report("ann"))
    elif name == "mail.tar.gz":
        with tarfile.open(path, "w:gz") as archive:
            archive.add(written(folder / "box", {"1.eml": report("ann")}))
    else:
        path.write_bytes(
            {
                "empty.eml": b"",
                "outlook.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
                "mail.log": SAMPLES[0].path.read_bytes(),
                "letter.eml": b"From: ann@acme.example\nSubject: Hello \x1b[31m\n\nhello\n",
                "notes.txt": b"hello\n",
            }[name]
        )
    return path


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("empty.eml", "holds nothing; check the file name"),
        ("folder", "holds nothing; check the name; hidden folders in it are not read"),
        ("mail.zip", "is packed with zip; unpack it first"),
        ("mail.tar.gz", "is a tar archive; unpack it first"),
        ("outlook.msg", "is a message of Outlook (.msg); save the mail as .eml or mbox"),
        ("mail.log", "it looks like Postfix's log: --from postfix"),
        (
            "letter.eml",
            (
                "0 of 1 messages are events in the format mailbox; the first that was not understood is message 1 "
                "(a message that is no delivery report): Subject: Hello [31m; name mail that came back to the sender"
            ),
        ),
        (
            "notes.txt",
            (
                "the first that was not understood is line 1 (no event): hello; "
                "name an mbox, a Maildir, a mail (.eml) or a folder of these"
            ),
        ),
    ],
)
def test_without_mail_that_came_home_one_sentence_says_what_it_is_instead(
    name: str, sentence: str, tmp_path: Path
) -> None:
    done = read(nothing(name, tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (INPUT_WRONG, 1)
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("1.eml", "it looks like a mailbox: --from mailbox"),
        ("", "is a folder; name a file, or mail with --from mailbox"),
    ],
)
def test_mail_that_was_named_as_a_log_is_known(name: str, sentence: str, tmp_path: Path) -> None:
    written(tmp_path, {"1.eml": report("ann").replace("From:", "MIME-Version: 1.0\nFrom:", 1)})
    arguments: list[Any] = [tmp_path / name, "--from", "postfix", "--as", "events"]
    done = fivefifty("import", *arguments)
    assert done.returncode == INPUT_WRONG
    assert sentence in done.stderr


def test_a_class_of_ses_in_mail_means_what_it_means_in_its_log(tmp_path: Path) -> None:
    said = open_reported(tmp_path, "mailbox", Hints(), labels=None)
    assert said.cause_of("Permanent/NoEmail") is Cause.USER_UNKNOWN


def piped(octets: bytes, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command with something in its standard input."""
    return subprocess.run([COMMAND, *map(str, arguments)], input=octets, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_mail_may_come_through_a_pipe(name: str) -> None:
    done = piped(gzip.compress(report("ann").encode()), "import", name, "--from", "mailbox", "--as", "events")
    assert (done.returncode, json.loads(done.stdout)["recipient"]) == (PASSED, "ann@acme.example")


def test_what_came_through_a_pipe_is_told_as_of_a_file() -> None:
    done = piped(report("ann").encode(), "import", "-", "--from", "exim")
    assert done.returncode == INPUT_WRONG
    assert b"/standard-input: 0 of 23 lines are events in the format exim" in done.stderr
    assert b"it looks like a mailbox: --from mailbox" in done.stderr
    closed = subprocess.run(
        ["sh", "-c", f"{COMMAND} import - --from exim <&-"], capture_output=True, check=False, timeout=60
    )
    assert closed.stderr == b"fivefifty: -: is standard input, which is closed; name a file\n"
