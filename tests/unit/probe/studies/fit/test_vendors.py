"""Made-up vendors: valid personas, different from each other, and two pools without a word in common."""

from __future__ import annotations

import random

import pytest

from fake_gateways import persona as personas
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from probe.classify.context.vendor import vendor_of
from probe.studies.fit.vendor_words import CODES, FITTED, RESERVED, Pool
from probe.studies.fit.vendors import draw_vendor, draw_words

POOLS = pytest.mark.parametrize("pool", [FITTED, RESERVED], ids=["fitted", "reserved"])


@POOLS
def test_a_drawn_vendor_is_a_persona_with_words_for_every_usual_cause(pool: Pool) -> None:
    for seed in range(60):
        vendor = draw_vendor(pool, random.Random(seed))
        persona = personas.parse(vendor.text)
        assert f"{persona.name}.toml" == vendor.file
        assert vendor == draw_vendor(pool, random.Random(seed))
        for cause in CODES:
            assert persona.known_at(Cause(cause), Stage.RCPT)


@POOLS
def test_no_vendor_is_known_by_its_exchanger_or_its_greeting(pool: Pool) -> None:
    for seed in range(60):
        persona = personas.parse(draw_vendor(pool, random.Random(seed)).text)
        host = persona.mx.replace("{label}", "acme-example")
        assert vendor_of(host, persona.says.greeting.text.replace("{host}", host)) == ""


def test_two_pools_have_nothing_in_common() -> None:
    def said(pool: Pool) -> list[set[str]]:
        sentences = {each for texts in pool.sentences.values() for each in texts}
        kinds = (pool.brands, pool.hosts, pool.greetings, pool.forms, sentences)
        return [{each.lower() for each in kind} for kind in kinds]

    assert FITTED.sentences.keys() == RESERVED.sentences.keys() == CODES.keys()
    assert [one & other for one, other in zip(said(FITTED), said(RESERVED), strict=True)] == [set()] * 5


@POOLS
def test_words_are_a_reply_for_a_cause(pool: Pool) -> None:
    found = {draw_words(pool, "user-unknown", random.Random(seed)) for seed in range(200)}
    assert len(found) > 50
    assert all(each[:3].isdecimal() and each[3] == " " for each in found)
