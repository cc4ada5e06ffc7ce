"""The fence around this machine."""

from __future__ import annotations

import ipaddress

import pytest

from fake_gateways.loopback import OutsideError, require_inside

TEST_NET = (ipaddress.ip_network("192.0.2.0/24"), ipaddress.ip_network("2001:db8::/32"))


@pytest.mark.parametrize("address", ["127.0.0.1", "127.10.0.1", "127.255.255.254", "::1"])
def test_loopback_is_inside(address: str) -> None:
    require_inside(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "128.0.0.1",
        "192.0.2.1",
        "169.254.1.1",
        "2001:db8::1",
        "localhost",
        "127.1",
        "127.0.0.1:25",
        "",
    ],
)
def test_everything_else_is_outside_and_the_error_names_it_and_the_remedy(address: str) -> None:
    with pytest.raises(OutsideError, match="--allow-network") as caught:
        require_inside(address)
    assert str(caught.value).startswith(f"{address} is not a loopback address")


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "127.0.0.1"])
def test_an_allowed_network_is_inside_too(address: str) -> None:
    require_inside(address, TEST_NET)


@pytest.mark.parametrize("address", ["192.0.3.1", "2001:db9::1"])
def test_a_neighbour_of_an_allowed_network_stays_outside(address: str) -> None:
    with pytest.raises(OutsideError):
        require_inside(address, TEST_NET)
