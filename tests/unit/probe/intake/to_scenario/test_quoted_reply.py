"""The reply in an event, as the server gave it."""

from __future__ import annotations

from typing import Any

import pytest

from probe.intake.event import Event, EventKind
from probe.intake.to_scenario.quoted_reply import quoted_reply


@pytest.mark.parametrize(
    ("columns", "reply"),
    [
        ({"code": 550, "enhanced": "5.1.1", "text": "gone"}, (550, "5.1.1", "gone")),
        ({"code": 550, "enhanced": "5.1.1", "text": "smtp; 550 5.1.1 gone"}, (550, "5.1.1", "gone")),
        ({"code": 550, "enhanced": "5.1.1", "text": "SMTP; gone"}, (550, "5.1.1", "SMTP; gone")),
        ({"code": 550, "enhanced": "5.1.1", "text": "550-5.1.1 gone 550 5.1.1 now"}, (550, "5.1.1", "gone\nnow")),
        ({"code": 550, "enhanced": "5.1.1", "text": "5.1.1 gone"}, (550, "5.1.1", "gone")),
        ({"code": 550, "enhanced": "5.1.1", "text": "550 gone (#5.1.1)"}, (550, None, "gone (#5.1.1)")),
        ({"code": 550, "enhanced": "5.1.1", "text": "gone (#5.1.1)"}, (550, None, "gone (#5.1.1)")),
        ({"code": 550, "enhanced": "5.0.0", "text": "550 gone"}, (550, None, "gone")),
        ({"code": 550, "enhanced": "5.0.0", "text": "gone", "is_own_status": True}, (550, None, "gone")),
        ({"code": 550, "enhanced": "4.4.7", "text": "gone"}, (550, None, "gone")),
        ({"enhanced": "5.4.4", "text": "no host", "is_own_status": True}, (550, "5.4.4", "no host")),
        ({"enhanced": "4.4.1", "text": ""}, (450, "4.4.1", "")),
        ({"text": "no"}, (500, None, "no")),
    ],
)
def test_a_status_is_kept_where_the_server_gave_it_and_never_added(
    columns: dict[str, Any], reply: tuple[int, str | None, str]
) -> None:
    assert quoted_reply(Event(EventKind.REFUSED, "ann@acme.example", **columns)) == reply
