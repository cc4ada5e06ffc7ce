"""Every mistake in what the user gives ends in one sentence that names the place and the remedy, and in exit code 2."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import small_scenario
from fivefifty_command import apart, complaint, fivefifty, free_port
from small_scenario import MESSAGE, SCENARIO, bent

MISTAKES = {
    "a misspelt key": (
        bent('rate = "10/1s"', 'raet = "10/1s"'),
        "sender.raet",
        "is not a known key; did you mean rate?",
    ),
    "a misspelt key of a gateway": (
        bent("claims =", "claim ="),
        "gateway.acme.claim",
        "is not a known key; did you mean claims?",
    ),
    "a misspelt key of a policy": (
        bent("limit =", "limti ="),
        "gateway.acme.policy[1].limti",
        "is not a known key; did you mean limit?",
    ),
    "a missing key": (bent('title = "A small scenario"\n', ""), "title", "is missing; add it"),
    "a limit without a unit": (
        bent('"600/1h"', '"600"'),
        "gateway.acme.policy[1].limit",
        "'600' is not a rate with a unit of time; write for example \"120/10m\"",
    ),
    "a duration without a unit": (
        bent('first = "5m"', "first = 300"),
        "sender.retry.first",
        '300 is not a duration with a unit; write for example "90s", "5m"',
    ),
    "a size without a unit": (
        bent("claims =", "size_limit = 1000\nclaims ="),
        "gateway.acme.size_limit",
        '1000 is not a size with a unit; write for example "500 kB"',
    ),
    "a moment without a time zone": (
        bent("08:00:00Z", "08:00:00"),
        "starts",
        "2026-03-02 08:00:00 is not a time with a time zone; write for example 2026-03-02T08:00:00Z",
    ),
    "an unknown policy type": (
        bent('"velocity"', '"velocty"'),
        "gateway.acme.policy[1]",
        "has a type that is none of the policies; did you mean velocity?",
    ),
    "a policy without a type": (
        bent('type = "velocity"\n', ""),
        "gateway.acme.policy[1]",
        "has no type; name the policy with type",
    ),
    "an unknown persona": (
        bent('"proofpoint"', '"profpoint"'),
        "gateway.acme.persona",
        "'profpoint' is not a persona; did you mean proofpoint?",
    ),
    "an unknown cause on the left of claims": (
        bent("{ content =", "{ contents ="),
        "gateway.acme.claims.contents",
        "is 'contents', which is not among the known values; did you mean content?",
    ),
    "an unknown cause on the right of claims": (
        bent('content = "user-unknown"', 'content = "unknown-user"'),
        "gateway.acme.claims.content",
        "is 'unknown-user', which is not among the known values; did you mean user-unknown?",
    ),
    "a policy moved to a stage it cannot act at": (
        bent('type = "content"', 'type = "content"\n  at = "rcpt"'),
        "gateway.acme.policy[0].at",
        "content cannot act at rcpt; use one of: end-of-data",
    ),
    "two gateways of one name": (
        SCENARIO + '\n[[gateway]]\nname = "acme"\npersona = "consumer"\ndomains = ["other.example"]\n',
        "",
        "two gateways are called acme; give one another name",
    ),
    "two gateways with one domain": (
        SCENARIO + '\n[[gateway]]\nname = "other"\npersona = "consumer"\ndomains = ["acme.example"]\n',
        "gateway.other",
        "acme.example is already gateway acme's; give it to one of the two",
    ),
    "more recipients than mailboxes": (
        bent("recipients = { count = 10 }", "recipients = { count = 21 }"),
        "campaign[0].recipients.count",
        "21 recipients are wanted, but there are 0 listed and 20 other mailboxes; change count",
    ),
    "an expectation of no figure": (
        SCENARIO + "\n[expect]\nhard_bounce_rat = { max = 0.1 }\n",
        "expect.hard_bounce_rat",
        "is not a figure of the scorecard; did you mean hard_bounce_rate?",
    ),
    "an expectation of an unknown classifier": (
        SCENARIO + "\n[expect.classifiers.context]\nwrongly_suppressed = { max = 1 }\n",
        "expect.classifiers.context",
        "context does not read this run; name it with --classifier or in the scenario's classifiers, or use one of: ",
    ),
    "an expectation without a bound": (
        SCENARIO + "\n[expect]\ndelivered = 10\n",
        "expect.delivered",
        "is 10, which is not a bound; write for example { max = 10 }",
    ),
    "a message file that is not there": (
        bent('"news.eml"', '"nwes.eml"'),
        "campaign[0].message",
        "nwes.eml is not a file in ",
    ),
}


@pytest.mark.parametrize(("text", "place", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_in_a_scenario_is_told_with_its_place_and_remedy(
    tmp_path: Path, text: str, place: str, said: str
) -> None:
    scenario = small_scenario.write(tmp_path, text)
    sentence = complaint(fivefifty("run", scenario, "--out", tmp_path / "run"))
    assert sentence.startswith(f"{scenario}: {place}{': ' if place else ''}{said}"), sentence
    assert not (tmp_path / "run").exists()


def test_a_scenario_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "missing.toml"
    sentence = complaint(fivefifty("run", path))
    assert sentence == f"{path}: cannot be read (No such file or directory); check the file name and its permissions"


@pytest.mark.parametrize(
    ("octets", "reason"),
    [(b"schema = = 1\n", "at line 1, column 10"), (b"a = " + b"[" * 5000, "nested")],
    ids=["not TOML", "nested without end"],
)
def test_what_is_no_toml_is_told_with_the_line(tmp_path: Path, octets: bytes, reason: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(octets)
    sentence = complaint(fivefifty("run", path))
    assert sentence.startswith(f"{path}: is not valid TOML ("), sentence
    assert reason in sentence
    assert sentence.endswith("; correct the line it names")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Subject: Hello\n\nHello.\n", "has no From: header; add one"),
        ("Hello.\n", "has no message header; begin with lines such as Subject:, then an empty line"),
        ("", "has no message header; begin with lines such as Subject:, then an empty line"),
        # RFC 5321 4.5.3.1.6: 1,000 octets with the CRLF.
        (MESSAGE + "x" * 999, "has a line of 999 octets; 998 is the limit; wrap or encode the line"),
    ],
    ids=["without From", "without a header", "empty", "with a line too long"],
)
def test_a_message_that_is_none_is_told_by_its_name(tmp_path: Path, message: str, said: str) -> None:
    scenario = small_scenario.write(tmp_path, message=message)
    sentence = complaint(fivefifty("run", scenario, "--out", tmp_path / "run"))
    assert sentence == f"{scenario}: campaign[0].message: news.eml: {said}"


NAMES_A_FILE = {
    "campaign[0].message": bent('message = "news.eml"', 'message = "{file}"'),
    "campaign[0].message[0].file": bent('message = "news.eml"', 'message = [{ file = "{file}" }]'),
    "campaign[0].recipients.seed_list": bent("{ count = 10 }", '{ seed_list = "{file}" }'),
    "sender.retest.message": bent("[sender]\n", '[sender]\nretest = { message = "{file}" }\n'),
    "sender.dkim.key": bent("[sender]\n", '[sender]\ndkim = { domain = "shop.example", key = "{file}" }\n'),
    "gateway.acme.persona": bent('"proofpoint"', '"{file}.toml"'),
    "gateway.acme.mailbox_list": bent("claims =", 'mailbox_list = "{file}"\nclaims ='),
    "gateway.acme.policy[1].log": bent('type = "velocity"\n  limit = "600/1h"', 'type = "as-logged"\n  log = "{file}"'),
    "gateway.acme.policy[1].backend": bent(
        'type = "velocity"\n  limit = "600/1h"', 'type = "recipient-verification"\n  backend = "{file}.toml"'
    ),
    "classifiers: rules:{file}": bent("seed = 7\n", 'seed = 7\nclassifiers = ["rules:{file}"]\n'),
}
"""A scenario that names a file, by the place where it does."""


KEYS_OF_FILES = sorted(NAMES_A_FILE)


@pytest.mark.parametrize("key", KEYS_OF_FILES)
def test_a_scenario_names_no_file_outside_its_folder(key: str, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "link").symlink_to("/proc/self/environ")
    (tmp_path / "theirs" / "link.toml").symlink_to("/proc/self/environ")
    for name in ("/proc/self/environ", "../secret", "link"):
        scenario = small_scenario.write(tmp_path / "theirs", NAMES_A_FILE[key].replace("{file}", name))
        told = complaint(fivefifty("run", scenario, cwd=tmp_path))
        assert told.startswith(f"{scenario}: {key.replace('{file}', name)}")
        assert "is not in the folder or the repository of the scenario; copy it there" in told


@pytest.mark.parametrize("key", KEYS_OF_FILES)
def test_a_scenario_may_name_files_of_its_repository(key: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "theirs").mkdir()
    scenario = small_scenario.write(tmp_path / "theirs", NAMES_A_FILE[key].replace("{file}", "../there"))
    assert "repository" not in complaint(fivefifty("run", scenario, cwd=tmp_path))


@pytest.mark.parametrize("key", KEYS_OF_FILES)
def test_a_device_or_a_pipe_that_a_scenario_names_is_not_read(key: str, tmp_path: Path) -> None:
    for name in ("pipe", "pipe.toml"):
        os.mkfifo(tmp_path / name)
    for name in ("pipe", "x" * 1500):
        scenario = small_scenario.write(tmp_path, NAMES_A_FILE[key].replace("{file}", name))
        told = complaint(fivefifty("run", scenario, cwd=tmp_path))
        assert re.search("it is a device or a pipe|is not a file|File name too long", told)


@pytest.mark.parametrize("arguments", [["run"], ["rules", "lint"], ["personas", "check"], ["import", "--from", "exim"]])
def test_a_command_reads_no_device(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    told = complaint(fivefifty(*arguments, "zero.toml", cwd=tmp_path))
    assert "it is a device or a pipe" in told or "is not a file" in told


LISTED = bent("recipients = { count = 10 }", 'recipients = { seed_list = "list.csv" }')


@pytest.mark.parametrize(
    ("csv", "place", "said"),
    [
        (
            "mail\na@acme.example\n",
            "{list}",
            "has no column email (columns: 1); name the column of addresses email",
        ),
        ("", "{list}", "has no column email (columns: 0); name the column of addresses email"),
        (
            "email\na@acme.example\nb.acme.example\n",
            "line 3",
            "'b.acme.example' is not a valid address; correct or remove",
        ),
        ("email\n<a@acme.example>\n", "line 2", "'<a@acme.example>' is not a valid address; correct or remove"),
        ("email\na b@acme.example\n", "line 2", "'a b@acme.example' is not a valid address; correct or remove"),
        (
            "email\na@acme.example\nb@nobody.example\n",
            "campaign[0].recipients.seed_list: b@nobody.example",
            "no gateway takes mail for nobody.example, so it has no MX; add nobody.example to a gateway's domains",
        ),
    ],
    ids=["no column email", "an empty file", "no at", "angle brackets", "a blank", "a domain without MX"],
)
def test_a_mistake_in_a_list_is_told_with_its_place_and_remedy(tmp_path: Path, csv: str, place: str, said: str) -> None:
    scenario = small_scenario.write(tmp_path, LISTED)
    listed = tmp_path / "list.csv"
    listed.write_text(csv, "utf-8")
    sentence = complaint(fivefifty("run", scenario, "--out", tmp_path / "run"))
    assert f"{place.format(list=listed)}: {said}" in sentence
    assert not (tmp_path / "run").exists()


def test_a_list_that_is_no_text_is_told_by_its_name(tmp_path: Path) -> None:
    scenario = small_scenario.write(tmp_path, LISTED)
    listed = tmp_path / "list.csv"
    listed.write_bytes(b"email\n\xff@acme.example\n")
    sentence = complaint(fivefifty("run", scenario, "--out", tmp_path / "run"))
    assert sentence.startswith(f"{scenario}: campaign[0].recipients.seed_list: {listed}: cannot be read ("), sentence
    assert sentence.endswith("; give a UTF-8 CSV file")


@pytest.mark.parametrize("command", ["run", "serve"])
def test_an_out_folder_that_is_a_file_is_told(tmp_path: Path, command: str) -> None:
    scenario = small_scenario.write(tmp_path)
    in_the_way = tmp_path / "taken"
    in_the_way.write_text("a file\n", "utf-8")
    sentence = complaint(fivefifty(command, scenario, "--out", in_the_way))
    assert sentence == f"{in_the_way}: cannot be written (File exists); choose another folder with --out"
    assert in_the_way.read_text("utf-8") == "a file\n"


def test_an_unknown_classifier_is_told_with_those_there_are(tmp_path: Path) -> None:
    scenario = small_scenario.write(tmp_path)
    sentence = complaint(fivefifty("run", scenario, "--classifier", "oracle", "--out", tmp_path / "run"))
    assert sentence.startswith("--classifier oracle: is not a classifier; use one of: "), sentence
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("what", ["a folder without books", "nothing", "another file", "an empty file"])
def test_books_that_are_none_are_told(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "run"
    if what != "nothing":
        folder.mkdir()
    if what in {"another file", "an empty file"}:
        (folder / "ledger.sqlite").write_text("no database, but text\n" * 200 * (what == "another file"), "utf-8")
    sentence = complaint(fivefifty("books", folder))
    assert sentence.startswith(str(folder)), sentence
    assert sentence.endswith("; name the folder of a run, such as runs/control")


LISTENS_AT = {"--port": "127.1.0.1", "--dns-port": "127.0.0.1"}


def serve(
    scenario: Path, folder: Path, ports: dict[str, int], prefix: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    options = [word for pair in ports.items() for word in pair]
    return apart("serve", scenario, *options, "--dns-address", "127.0.0.1", "--out", folder / "run", prefix=prefix)


@pytest.mark.parametrize("option", ["--port", "--dns-port"])
def test_a_port_in_use_is_told_with_the_option_that_changes_it(tmp_path: Path, option: str) -> None:
    scenario = small_scenario.write(tmp_path)
    ports = {"--port": free_port(), "--dns-port": free_port()}
    with socket.create_server((LISTENS_AT[option], ports[option])):
        sentence = complaint(serve(scenario, tmp_path, ports))
    assert sentence == (
        f"{LISTENS_AT[option]} port {ports[option]}: is in use; stop the other server or choose another with {option}"
    )


def _without_privilege() -> list[str]:
    """Return what to put before a command so that it may not open ports below 1024."""
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text("ascii")) <= 53:
        pytest.skip("this machine lets everybody open every port")
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("root may open every port, and there is no setpriv to take that right away")
    return ["setpriv", "--bounding-set", "-net_bind_service", "--inh-caps", "-net_bind_service"]


@pytest.mark.parametrize("option", ["--port", "--dns-port"])
def test_a_privileged_port_is_told_with_the_option_that_changes_it(tmp_path: Path, option: str) -> None:
    scenario = small_scenario.write(tmp_path)
    ports = {"--port": free_port(), "--dns-port": free_port()} | {option: 53}
    sentence = complaint(serve(scenario, tmp_path, ports, prefix=_without_privilege()))
    assert sentence == f"{LISTENS_AT[option]} port 53: needs privileges; choose a port above 1023 with {option}"


def test_an_address_outside_loopback_is_told_with_the_option_that_allows_it(tmp_path: Path) -> None:
    scenario = small_scenario.write(tmp_path, bent("claims =", 'address = "192.0.2.1"\nclaims ='))
    sentence = complaint(
        fivefifty("serve", scenario, "--port", free_port(), "--dns-port", free_port(), "--out", tmp_path / "run")
    )
    assert sentence.startswith("192.0.2.1 is not a loopback address"), sentence
    assert "--allow-network" in sentence


def test_a_network_that_is_none_is_told(tmp_path: Path) -> None:
    scenario = small_scenario.write(tmp_path)
    sentence = complaint(fivefifty("serve", scenario, "--allow-network", "10.1.0.0/33", "--out", tmp_path / "run"))
    assert sentence.startswith("--allow-network: '10.1.0.0/33' does not appear to be"), sentence
    assert sentence.endswith("; write for example 10.1.0.0/16")


@pytest.mark.parametrize("hostile", ["\\u001b[31mred", "\\u001b]0;title\\u0007", "a\\nb", "\\u009b2J", "\\u202e"])
def test_control_characters_in_a_name_never_reach_the_terminal(tmp_path: Path, hostile: str) -> None:
    scenario = small_scenario.write(tmp_path, bent('name = "small"', f'name = "{hostile}"'))
    sentence = complaint(fivefifty("run", scenario, "--out", tmp_path / "run"))
    assert sentence.startswith(f"{scenario}: name: "), sentence
