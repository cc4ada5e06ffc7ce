"""The allow list names hosts, recipients, purposes, a contact and days of expiry, each of them narrowly."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest

from probe.diagnose.host.allow_list import checked, permission, require_permitted, resolver_permission
from probe.diagnose.host.host_name import Host
from probe.diagnose.host.manners import Spending
from probe.input_error import InputError

TODAY = date(2026, 11, 30)
GOOD: dict[str, Any] = {
    "contact": "postmaster@sender.example",
    "host": [
        {
            "name": "mx.acme.example",
            "recipients": ["Ann@Acme.example", "bob@acme.example"],
            "purpose": "why the newsletter of March is refused",
            "expires": date(2026, 12, 31),
        }
    ],
}
HOST = Host("mx.acme.example")


def bent(**changes: Any) -> dict[str, Any]:
    """Return the list with keys of its host changed; None removes one."""
    raw = copy.deepcopy(GOOD)
    raw["host"][0] |= changes
    raw["host"][0] = {key: value for key, value in raw["host"][0].items() if value is not None}
    return raw


def refusal(raw: dict[str, Any], host: Host = HOST, today: date = TODAY) -> str:
    """Return the sentence that a list is refused with."""
    with pytest.raises(InputError) as caught:
        permission(checked(raw, "allow.toml"), "allow.toml", host, today)
    return str(caught.value)


def test_a_named_host_may_be_asked() -> None:
    permitted = permission(checked(GOOD, "allow.toml"), "allow.toml", HOST, TODAY)
    assert permitted.header == b"X-Probe: why the newsletter of March is refused; postmaster@sender.example\r\n"
    assert permitted.host.per_day == Spending(30, 60, 15, 0)
    assert permission(
        checked(bent(random_control=True, messages_per_day=0), ""), "", HOST, TODAY
    ).host.per_day == Spending(30, 60, 0, 1)


@pytest.mark.parametrize(
    "name", ["10.0.0.0/8", "*.acme.example", "*", "acme", "", "0.0.0.0/0", "::/0", "mx acme", "2001:db8::/32"]
)
def test_more_than_one_host_is_refused(name: str) -> None:
    assert "allow.toml: host[0].name: " in refusal(bent(name=name))


@pytest.mark.parametrize("name", ["0.0.0.0", "::", "::ffff:0.0.0.0", "224.0.0.1", "ff02::1", "255.255.255.255"])
def test_an_address_of_no_host_is_refused(name: str) -> None:
    assert f"host[0].name: {name!r} is no address of one host" in refusal(bent(name=name))


@pytest.mark.parametrize("name", ["2001:DB8:0::1", "2001:db8::1"])
def test_an_address_is_the_same_however_it_is_written(name: str) -> None:
    permitted = permission(checked(bent(name=name), ""), "", Host("2001:db8::1"), TODAY)
    assert permitted.host.name == "2001:db8::1"


def test_an_ipv4_address_in_the_form_of_ipv6_is_no_second_host() -> None:
    raw = copy.deepcopy(GOOD)
    raw["host"] = [raw["host"][0] | {"name": name} for name in ("192.0.2.1", "::ffff:192.0.2.1")]
    assert "several hosts with the name 192.0.2.1" in refusal(raw)


@pytest.mark.parametrize("address", ["*@acme.example", "@acme.example", "acme.example", "ann@*", "ann", ""])
def test_more_than_one_recipient_is_refused(address: str) -> None:
    assert "allow.toml: host[0].recipients[0]: " in refusal(bent(recipients=[address]))


@pytest.mark.parametrize("key", ["name", "recipients", "purpose", "expires"])
def test_a_missing_key_is_named(key: str) -> None:
    assert f"allow.toml: host[0].{key}: is missing" in refusal(bent(**{key: None}))


def test_a_missing_contact_is_named() -> None:
    raw = copy.deepcopy(GOOD)
    del raw["contact"]
    assert "allow.toml: contact: is missing" in refusal(raw)


@pytest.mark.parametrize(
    "change",
    [
        {"recipients": []},
        {"recipients": [f"p{number}@acme.example" for number in range(101)]},
        {"purpose": "two\r\nlines"},
        {"purpose": " "},
        {"purpose": "x" * 201},
        {"expires": "never"},
        {"connections_per_day": 0},
        {"connections_per_day": 101},
        {"recipients_per_day": 201},
        {"messages_per_day": 51},
        {"networks": ["10.0.0.0/8"]},
    ],
)
def test_what_is_too_wide_or_no_value_is_refused(change: dict[str, Any]) -> None:
    assert "allow.toml: host[0]." in refusal(bent(**change))


def test_every_mistake_is_told() -> None:
    with pytest.raises(InputError) as caught:
        checked(bent(name="*", recipients=["*"]), "allow.toml")
    assert len(caught.value.others) == 1


def test_a_host_is_named_once() -> None:
    raw = copy.deepcopy(GOOD)
    raw["host"] *= 2
    assert "several hosts with the name mx.acme.example" in refusal(raw)


def test_another_host_may_not_be_asked() -> None:
    assert "does not name mx2.acme.example" in refusal(GOOD, Host("mx2.acme.example"))


def test_it_expires() -> None:
    checked_list = checked(GOOD, "allow.toml")
    last = GOOD["host"][0]["expires"]
    permission(checked_list, "allow.toml", HOST, last)
    assert "has expired on 2026-12-31" in refusal(GOOD, today=last + timedelta(days=1))


def test_it_is_valid_for_a_year_at_most() -> None:
    assert "choose a day within the next year" in refusal(bent(expires=date(2027, 12, 2)))
    permission(checked(bent(expires=date(2027, 11, 30)), ""), "", HOST, TODAY)


def test_only_recipients_of_the_list_may_be_asked_and_a_postmaster_as_control() -> None:
    permitted = permission(checked(GOOD, "allow.toml"), "allow.toml", HOST, TODAY)
    require_permitted(permitted, "allow.toml", "ann@acme.example", "BOB@acme.example")
    require_permitted(permitted, "allow.toml", "ann@acme.example", "postmaster@acme.example")
    for recipient, control in [
        ("eve@acme.example", "bob@acme.example"),
        ("ann@acme.example", "eve@acme.example"),
        ("ann@acme.example", "postmaster@elsewhere.example"),
        ("postmaster@acme.example", "bob@acme.example"),
    ]:
        with pytest.raises(InputError, match=r"is not among the recipients of mx\.acme\.example"):
            require_permitted(permitted, "allow.toml", recipient, control)


RESOLVER = {"address": "192.0.2.53", "purpose": "we watch our own addresses", "expires": date(2026, 12, 31)}


def test_a_list_may_name_resolvers_alone_and_they_expire_too() -> None:
    raw = {"contact": GOOD["contact"], "resolver": [RESOLVER]}
    allow = checked(raw, "allow.toml")
    assert resolver_permission(allow, "allow.toml", "192.0.2.53", TODAY).queries_per_day == 20_000
    with pytest.raises(InputError, match=r"allow\.toml: does not name the resolver 192\.0\.2\.54"):
        resolver_permission(allow, "allow.toml", "192.0.2.54", TODAY)
    with pytest.raises(InputError, match=r"the resolver 192\.0\.2\.53: has expired on 2026-12-31"):
        resolver_permission(allow, "allow.toml", "192.0.2.53", date(2027, 1, 1))


def test_a_list_that_names_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="names neither a host nor a resolver"):
        checked({"contact": GOOD["contact"]}, "allow.toml")
