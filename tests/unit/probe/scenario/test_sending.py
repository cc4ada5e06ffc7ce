"""What a scenario may not ask of a sender, each told in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_scenario import bent, write

from probe.input_error import InputError
from probe.lab.prepare import prepare
from probe.scenario.load import load


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('message = "news.eml"', 'message = "news.eml"\nhours = { from = "09:00Z" }',
         "campaign[0].hours.from: 09:00:00+00:00 has a time zone; write for example 09:00"),
        ('message = "news.eml"', 'message = "news.eml"\nhours = { from = "17:00", until = "09:00" }',
         "campaign[0].hours: until is not later than from, so no mail would ever go out; correct one of them"),
         ('message = "news.eml"', 'message = "news.eml"\nhours = { zone = "Mars/Moon" }',
         "campaign[0].hours.zone: 'Mars/Moon' is not a time zone; write for example Europe/Berlin, or \"recipient\""),
        ('message = "news.eml"', 'message = "news.eml"\npool = "best"',
         "campaign news goes out from pool best, which no address is in; correct it"),
        ('rate = "10/1s"', 'rate = "10/1s"\nlimit = [{ to = "*" }]',
         "sender.limit[0]: limits nothing; give a rate or connections"),
        ("seed = 7", 'seed = 7\nabsent_domains = ["acme.example"]',
         ("absent_domains: acme.example is the domain of gateway acme, so it is not absent; remove it here, or "
         "from the gateway")),
        ('rate = "10/1s"', 'rate = "10/1s"\nrecipients_per_transaction = 2',
         ("campaign[0].message: {{given_name}} is different for each recipient, but several share a transaction; "
         "remove it, or send to one recipient a transaction")),
    ],
)  # fmt: skip
def test_what_a_sender_cannot_do_is_told(old: str, new: str, sentence: str, tmp_path: Path) -> None:
    path = write(tmp_path, bent(old, new))
    with pytest.raises(InputError) as caught:
        prepare(load(path))
    assert str(caught.value) == f"{path}: {sentence}"
