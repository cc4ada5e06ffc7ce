"""Tests of the types that scenario files are made of."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from fake_gateways.strict import HostAndPort, InvalidValueError, IpAddress, Moment, Name, Strict, parse_ip


class Table(Strict):
    """A table with a field of each type."""

    name: Name = "northwind"
    ip: IpAddress = "127.0.0.1"
    at: Moment = datetime(2026, 3, 2, tzinfo=UTC)
    where: HostAndPort = ("127.0.0.1", 1)


@pytest.mark.parametrize(("given", "ip"), [("127.0.0.1", "127.0.0.1"), ("2001:DB8:0::1", "2001:db8::1")])
def test_an_ip_address_is_written_in_its_usual_form(given: str, ip: str) -> None:
    assert parse_ip(given) == Table(ip=given).ip == ip


def test_a_moment_is_converted_to_utc() -> None:
    table = Table.model_validate({"at": "2026-03-02T09:00:00+01:00"})
    assert table.at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert table.model_dump()["at"] == "2026-03-02T08:00:00+00:00"


@pytest.mark.parametrize(("given", "read"), [("127.0.0.1:11333", ("127.0.0.1", 11333)), ("[::1]:783", ("::1", 783))])
def test_a_host_and_port_are_read_and_may_be_read_again(given: str, read: tuple[str, int]) -> None:
    assert Table.model_validate({"where": given}).where == read
    assert Table.model_validate({"where": read}).where == read


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "North Wind"},
        {"ip": "127.0.0.256"},
        {"at": "2026-03-02T08:00:00"},
        {"at": "1026-03-02T08:00:00Z"},
        {"where": "127.0.0.1"},
        {"where": "127.0.0.1:65536"},
        {"where": "localhost:25"},
        {"unknown": 1},
    ],
)
def test_a_wrong_value_and_an_unknown_key_are_errors(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as error:
        Table.model_validate(wrong)
    assert error.value.errors()[0]["loc"] == tuple(wrong)


def test_an_error_carries_problem_and_remedy_and_can_be_pickled() -> None:
    error = pickle.loads(pickle.dumps(InvalidValueError("it is wrong", "correct it")))
    assert (str(error), error.problem, error.remedy) == ("it is wrong; correct it", "it is wrong", "correct it")
