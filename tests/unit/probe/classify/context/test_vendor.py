"""Recognition of vendors."""

from __future__ import annotations

import pytest

from probe.classify.context.vendor import organisation_of, vendor_of, vendors


@pytest.mark.parametrize(
    ("mx", "greeting", "vendor"),
    [
        ("mx0a-0001.pphosted.com", "", "Proofpoint"),
        ("mx.acme.example", "mx.google.com ESMTP ab12 - gsmtp", "Google"),
        ("mx.acme.example", "mx.acme.example ESMTP Postfix", "Postfix"),
        ("mx.acme.example", "hello", ""),
    ],
)
def test_a_vendor_is_recognised_by_its_exchanger_or_its_greeting(mx: str, greeting: str, vendor: str) -> None:
    assert vendor_of(mx, greeting) == vendor


def test_every_vendor_can_be_recognised() -> None:
    assert all(each.mx or each.greeting for each in vendors().values())


@pytest.mark.parametrize(
    ("mx", "organisation"),
    [
        ("mx1.acme.example", "acme.example"),
        ("MX1.Acme.example.", "acme.example"),
        ("acme.example", "acme.example"),
        ("mx.mail.acme.co.uk", "acme.co.uk"),
        ("acme.co.uk", "acme.co.uk"),
        ("mx.acme.de", "acme.de"),
        ("localhost", "localhost"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("", ""),
    ],
)
def test_an_exchanger_belongs_to_the_organisation_that_its_name_shows(mx: str, organisation: str) -> None:
    assert organisation_of(mx) == organisation
