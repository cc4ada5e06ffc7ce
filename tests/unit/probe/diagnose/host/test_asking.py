"""What a user asks a mail server for."""

from __future__ import annotations

from probe.diagnose.host.asking import Asking
from probe.diagnose.host.host_name import Host


def test_without_a_control_it_is_the_postmaster() -> None:
    asking = Asking(host=Host("mx.acme.example"), recipient="ann@acme.example")
    assert asking.known_control == "postmaster@acme.example"


def test_a_control_of_the_user_is_the_control() -> None:
    asking = Asking(host=Host("mx.acme.example"), recipient="ann@acme.example", control="bob@acme.example")
    assert asking.known_control == "bob@acme.example"
