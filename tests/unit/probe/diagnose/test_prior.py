"""Before any reply, causes are as likely as they can be here."""

from __future__ import annotations

import pytest
from diagnosing import KNOWN, SAME, TAKEN, pattern

from fake_gateways.truth import Cause
from probe.diagnose.conditions import Depth
from probe.diagnose.patterns import FIRST, Patterns
from probe.diagnose.prior import is_like_the_first, possible, prior

CLOSED = "closed at rcpt"


def test_causes_are_as_likely_and_more_of_the_refused_are_alive() -> None:
    known = possible(KNOWN, Depth.RCPT, None)
    of = dict(zip([each.hypothesis for each in known], prior(known, KNOWN), strict=True))
    assert [round(each, 4) for each in of.values()] == [0.3333, 0.2667, 0.0667, 0.3333]


def test_a_gateway_without_tls_does_not_require_it() -> None:
    required = pattern(Cause.TLS_REQUIRED, alive=True, again=SAME, over_tls=TAKEN)
    both = Patterns((required, *KNOWN.known))
    assert len(possible(both, Depth.RCPT, {"tls"})) == len(possible(both, Depth.RCPT, {"control"})) + 1
    known = possible(both, Depth.RCPT, {"control"})
    assert sum(prior(known, both)) == pytest.approx(1.0)


def test_a_refusal_like_the_first_is_alike_in_any_words_and_a_closed_connection_whoever_asks() -> None:
    assert is_like_the_first("again", "refused at rcpt", "refused at rcpt")
    assert not is_like_the_first("control", "refused at rcpt", "refused at rcpt")
    assert is_like_the_first("control", CLOSED, CLOSED)
    closing = pattern(Cause.SYSTEM, alive=True, control=CLOSED, again=CLOSED)
    closing = closing._replace(shows={**closing.shows, FIRST: CLOSED})
    (found,) = possible(Patterns((closing,)), Depth.RCPT, None)
    assert (found.shows["control"], found.shows["again"], found.shows[FIRST]) == (SAME, SAME, CLOSED)
