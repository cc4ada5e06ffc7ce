"""The file of seeds: where mailboxes are read, and where their passwords are, which it never holds."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from probe.input_error import InputError
from probe.placement.seeds import checked

GOOD: dict[str, Any] = {
    "provider": {"freemail": {"host": "IMAP.Freemail.example"}},
    "seed": [{"address": "Ann@Freemail.example", "provider": "freemail", "secret": "env:SEED_ANN"}],
}


def bent(table: str, **changes: Any) -> dict[str, Any]:
    """Return the file with keys of its provider or its seed changed."""
    raw = copy.deepcopy(GOOD)
    (raw["provider"]["freemail"] if table == "provider" else raw["seed"][0]).update(changes)
    return raw


def refusal(raw: dict[str, Any]) -> str:
    """Return the sentence that a file is refused with."""
    with pytest.raises(InputError) as caught:
        checked(raw, "seeds.toml")
    return str(caught.value)


def test_a_file_needs_little() -> None:
    file = checked(GOOD, "seeds.toml")
    assert file.header == "X-Campaign"
    assert (file.provider["freemail"].host, file.provider["freemail"].at_port) == ("imap.freemail.example", 993)
    assert (file.seed[0].address, file.seed[0].login) == ("ann@freemail.example", "ann@freemail.example")
    assert checked(bent("seed", user="ann"), "").seed[0].login == "ann"


@pytest.mark.parametrize(("tls", "port"), [("implicit", 993), ("starttls", 143), ("none", 143)])
def test_the_port_is_the_usual_one_of_the_connection(tls: str, port: int) -> None:
    assert checked(bent("provider", tls=tls), "").provider["freemail"].at_port == port
    assert checked(bent("provider", tls=tls, port=1143), "").provider["freemail"].at_port == 1143


@pytest.mark.parametrize("secret", ["hunter2", "env:", "file:hunter2", ":hunter2", 4711, ["hunter2"]])
def test_a_password_is_refused_and_not_repeated(secret: Any) -> None:
    sentence = refusal(bent("seed", secret=secret))
    assert sentence.startswith("seeds.toml: seed[0].secret: does not say where the password is; write")
    assert "hunter2" not in sentence
    assert "4711" not in sentence
    assert "hunter2" not in refusal(bent("seed", password="hunter2"))


@pytest.mark.parametrize(
    ("table", "changes", "words"),
    [
        ("provider", {"host": "10.0.0.0/8"}, "provider.freemail.host: '10.0.0.0/8' is not a host"),
        ("provider", {"host": "0.0.0.0"}, "is not a host"),
        ("provider", {"port": 0}, "write at least 1"),
        ("provider", {"auth": "plain"}, "use one of: login, xoauth2"),
        ("seed", {"address": "ann"}, "'ann' is not a valid address"),
        ("seed", {"provider": "elsewhere"}, "the seed ann@freemail.example is at elsewhere, which is no [provider]"),
        ("seed", {"user": "ann\r\nA1 DELETE INBOX"}, "has another form than expected"),
        ("seed", {"inbox": 1}, "is not a known key"),
    ],
)
def test_a_mistake_is_one_sentence(table: str, changes: dict[str, Any], words: str) -> None:
    assert words in refusal(bent(table, **changes))


def test_a_seed_is_named_once() -> None:
    raw = copy.deepcopy(GOOD)
    raw["seed"] *= 2
    assert "seeds.toml: ann@freemail.example is named twice" in refusal(raw)
    assert "header" in refusal({**GOOD, "header": "X Campaign"})
