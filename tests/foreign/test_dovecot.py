"""fivefifty placement at a real Dovecot: junk, folders of any name, a refused login, very many messages."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from dovecot_instance import PASSWORD, Dovecot, dovecot
from fivefifty_command import fivefifty

from probe.cli.exit_codes import Exit
from probe.placement.open_mailbox import Wanted
from probe.placement.open_mailboxes import read_mailboxes
from probe.placement.placed import Where
from probe.placement.seeds import checked

pytestmark = pytest.mark.foreign

SENT: Final = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
MESSAGE: Final = b"""\
Received: from mta1.sender.example (mta1.sender.example [203.0.113.7]) by mx.freemail.example; Mon
X-Campaign: spring
Subject: Hello

Hello.
"""
OTHER: Final = MESSAGE.replace(b"spring", b"spring-2")
MANY_MAILBOXES, MANY_MESSAGES = 60, 20_000


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as instance:
        yield instance


def seeds_file(server: Dovecot, users: list[str], secret: str = "env:SEED") -> dict[str, Any]:
    """Return a file of seeds."""
    return {
        "provider": {"freemail": {"host": "127.0.0.1", "port": server.port, "tls": "none"}},
        "seed": [
            {"address": f"{user}@freemail.example", "user": user, "provider": "freemail", "secret": secret}
            for user in users
        ],
    }


def seen(
    server: Dovecot, users: list[str], monkeypatch: pytest.MonkeyPatch, *, password: str = PASSWORD, tidy: bool = False
) -> dict[str, tuple[Where | None, str]]:
    """Return where the message is, by user, and what more is told."""
    server.give()
    monkeypatch.setenv("SEED", password)
    file = checked(seeds_file(server, users), "")
    found = read_mailboxes(file, Wanted("X-Campaign", "spring", SENT), None, SENT, tidy=tidy)
    return {each.seed.partition("@")[0]: (each.where, each.why) for each in found}


def test_a_message_is_found_in_whatever_folder_it_is(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    at = SENT.timestamp() + 40
    server.put("ann", MESSAGE, arrived=at)
    server.put("bob", MESSAGE, "Unwanted", arrived=at)
    server.put("cy", MESSAGE, "Offers.Weekly", arrived=at)
    server.put("dee", MESSAGE, "M&APw-ll", arrived=at)
    server.put("eve", OTHER, arrived=at)
    server.put("fay", MESSAGE, "Sent", arrived=at)
    server.put("gus", MESSAGE, arrived=at - 3 * 86_400)
    found = seen(server, ["ann", "bob", "cy", "dee", "eve", "fay", "gus"], monkeypatch)
    assert found == {
        "ann": (Where.INBOX, ""),
        "bob": (Where.JUNK, ""),
        "cy": (Where.OTHER, "Offers/Weekly"),
        "dee": (Where.OTHER, "M&APw-ll"),
        "eve": (Where.MISSING, ""),
        "fay": (Where.MISSING, ""),
        "gus": (Where.MISSING, ""),
    }


def test_of_a_folder_whose_name_is_no_utf_7_nothing_is_known(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    server.put("hal", MESSAGE, "\N{LATIN SMALL LETTER U WITH DIAERESIS}ber")  # Dovecot lists it, and cannot open it
    server.put("han", MESSAGE, os.fsdecode(b"8-bit \xfc"))  # Dovecot does not list it
    assert seen(server, ["hal", "han"], monkeypatch) == {
        "hal": (None, "the folder &APw-ber cannot be opened"),
        "han": (Where.MISSING, ""),
    }


def test_nothing_in_a_mailbox_is_changed_unless_that_is_wanted(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.put("ida", MESSAGE)
    server.put("ida", OTHER, name="2.a.b")
    place = server.folder / "mail" / "ida"

    def messages() -> list[bytes]:
        return sorted(path.read_bytes() for each in ("new", "cur") for path in (place / each).iterdir())

    def flags() -> set[str]:
        return {path.name.partition(":")[2] for path in (place / "cur").iterdir()}

    assert seen(server, ["ida"], monkeypatch)["ida"] == (Where.INBOX, "")
    assert messages() == sorted([MESSAGE, OTHER])
    assert flags() <= {"2,", ""}
    assert seen(server, ["ida"], monkeypatch, tidy=True)["ida"] == (Where.INBOX, "")
    assert messages() == [OTHER]
    assert seen(server, ["ida"], monkeypatch)["ida"] == (Where.MISSING, "")


def test_a_login_that_is_refused_is_said_without_the_password(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(server, ["ann"], monkeypatch, password="wrong horse")["ann"] == (None, "the login is refused")


def test_the_command_reads_the_mailboxes(server: Dovecot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    server.put("kim", MESSAGE, arrived=SENT.timestamp() + 40)
    server.give()
    monkeypatch.setenv("SEED", PASSWORD)
    (tmp_path / "seeds.toml").write_text(
        f"""\
[provider.freemail]
host = "127.0.0.1"
port = {server.port}
tls = "none"
[[seed]]
address = "kim@freemail.example"
user = "kim"
provider = "freemail"
secret = "env:SEED"
""",
        "utf-8",
    )
    words = ("--campaign", "spring", "--sent", SENT.isoformat(), "--html", "page.html", "--json")
    done = fivefifty("placement", "seeds.toml", *words, cwd=tmp_path)
    assert done.returncode == Exit.PASSED, done
    (source,) = json.loads(done.stdout)["sources"]
    assert (source["name"], source["inbox"], source["seconds"]) == ("203.0.113.7", 1, 40.0)
    assert "100% of the mail to 1 seed" in (tmp_path / "page.html").read_text("utf-8")


def test_many_mailboxes_are_read(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    users = [f"seed{number}" for number in range(MANY_MAILBOXES)]
    for number, user in enumerate(users):
        server.put(user, MESSAGE, "" if number % 3 else "Unwanted")
    found = seen(server, users, monkeypatch)
    assert [where for where, _ in found.values()].count(Where.JUNK) == MANY_MAILBOXES // 3
    assert {where for where, _ in found.values()} == {Where.INBOX, Where.JUNK}


def test_one_message_is_found_among_very_many(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    first = server.put("lee", OTHER, arrived=SENT.timestamp() - 30 * 86_400)
    for number in range(MANY_MESSAGES):
        os.link(first, first.with_name(f"{number + 2}.a.b"))
    server.put("lee", MESSAGE, arrived=SENT.timestamp() + 5, name="1999999999.a.b")
    assert seen(server, ["lee"], monkeypatch)["lee"] == (Where.INBOX, "")
