"""Links to listed domains."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, LoneGateway, policy

from fake_gateways.dns.zone import World
from fake_gateways.policies.url_blocklist import MAX_HOSTS


def content(*links: str) -> bytes:
    return b"Subject: Minutes\r\n\r\n" + "\r\n".join(f"see {link} for more" for link in links).encode() + b"\r\n"


def refused(*links: str) -> bool:
    world = World()
    world.add("listed.example.uri.example", "A", "127.0.1.2")
    lone = LoneGateway("rspamd", policies=[policy("url-blocklist", zones=["uri.example"])], world=world)
    return not lone.call().deliver(ALICE, content=content(*links)).accepts


@pytest.mark.parametrize(
    ("link", "is_refused"),
    [
        ("https://listed.example/a", True),
        ("http://www.track.Listed.example:8080/?c=1", True),
        ("https://user@listed.example/", True),
        ("https://other.example/listed.example", False),
        ("https://127.0.0.1/listed.example", False),
        ("https://[not-an-address/", False),
    ],
)
def test_the_host_of_a_link_and_the_domains_above_it_are_looked_up(link: str, is_refused: bool) -> None:  # noqa: FBT001
    assert refused(link) is is_refused


def test_only_so_many_hosts_are_looked_up() -> None:
    others = [f"https://host{number}.example/" for number in range(MAX_HOSTS)]
    assert not refused(*others, "https://listed.example/")
    assert refused(*others[1:], "https://listed.example/")
