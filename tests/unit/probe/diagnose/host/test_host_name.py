"""The target of diagnose: a host, a host with a port, or a scenario."""

from __future__ import annotations

import pytest

from probe.diagnose.host.host_name import Host, is_host_name, names_host, parse_host
from probe.input_error import InputError


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("127.0.0.1", Host("127.0.0.1", 25)),
        ("127.0.0.1:2525", Host("127.0.0.1", 2525)),
        ("localhost:2525", Host("localhost", 2525)),
        ("MX.Acme.Example.", Host("mx.acme.example", 25)),
        ("mx.acme.example:65535", Host("mx.acme.example", 65_535)),
        ("[::1]:25", Host("::1", 25)),
        ("[0:0::1]", Host("::1", 25)),
        ("2001:db8::25", Host("2001:db8::25", 25)),
        ("[::ffff:127.0.0.1]:2525", Host("127.0.0.1", 2525)),
    ],
)
def test_a_host_is_read(text: str, host: Host) -> None:
    assert names_host(text)
    assert parse_host(text) == host


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:",
        "127.0.0.1:smtp",
        "127.0.0.1:\N{ARABIC-INDIC DIGIT TWO}5",
        "[127.0.0.1]:25",
        "[::1]25",
        "[::1",
        "::1::2",
        "fe80::1%eth0",
        "[fe80::1%eth0]:25",
        "256.0.0.1",
        "acme..example",
        "-acme.example",
        "acme.example\r\nRCPT",
        "a" * 64 + ".example",
        ".".join(["a" * 60] * 5),
        "10.0.0.0/8:25",
        "*.example",
        ":25",
        "0.0.0.0:25",
        "[::]:25",
        "239.1.1.1",
    ],
)
def test_anything_else_is_one_sentence(text: str) -> None:
    with pytest.raises(InputError):
        parse_host(text)


@pytest.mark.parametrize("text", ["control", "campaign.toml", "-", "runs/control", "./mx.acme.example"])
def test_a_scenario_is_no_host(text: str) -> None:
    assert not names_host(text)


def test_only_an_address_has_an_address() -> None:
    assert Host("::1").address == "::1"
    assert Host("localhost").address == "127.0.0.1"
    assert Host("mx.acme.example").address is None


@pytest.mark.parametrize("name", ["localhost", "mx.acme.example", "127.0.0.1", "::1"])
def test_a_name_of_a_host(name: str) -> None:
    assert is_host_name(name)


@pytest.mark.parametrize("name", ["", "acme", "*.acme.example", "1.2.3", "10.0.0.0/8", "acme.example."])
def test_what_is_no_name_of_a_host(name: str) -> None:
    assert not is_host_name(name)


def test_another_service_has_another_usual_port() -> None:
    assert parse_host("127.0.0.1", 53) == Host("127.0.0.1", 53)
    assert parse_host("[::1]", 53) == Host("::1", 53)
    assert parse_host("127.0.0.1:5300", 53) == Host("127.0.0.1", 5300)
