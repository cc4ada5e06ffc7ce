"""Recognition of vendors."""

from __future__ import annotations

import pytest

from probe.classify.context.vendor import vendor_of, vendors


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
