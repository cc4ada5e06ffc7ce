"""Evidence from the kind of server."""

from __future__ import annotations

from book_rows import STARTS, attempt, refused
from circumstances import DAY_S, UNKNOWN, address, campaign_of, case, evidence_of, refused_case, sent

from probe.classify.context.evidence import servers
from probe.classify.evidence import Evidence
from probe.records.returned import Returned


def test_a_server_that_refuses_only_in_one_run_accepts_everybody_else() -> None:
    assert servers.accepts_everybody_else(case(campaign_of(sent("." * 60 + "xxx" + "." * 60)), 61)) > 0.5
    assert servers.accepts_everybody_else(case(campaign_of(sent("." * 60 + "xxx" + ".x" * 30)), 61)) == 0.0


def test_a_report_is_evidence_of_departure() -> None:
    taken = attempt(recipient=address(0))
    report = Returned("acme", 1, STARTS + 60, "", "news", address(0), "report", "failed", "5.1.1", 550, "not found", "",
                      "return-path", "")  # fmt: skip
    campaign = {address(0): Evidence(address(0), (taken,), (report,))}
    found = case(campaign, 0)
    assert servers.refused_by_report(found) == -1.0
    assert servers.refused_by_report(refused_case()) == 0.0


def test_a_text_followed_by_acceptances_in_a_later_campaign_is_evidence_of_life() -> None:
    campaign = campaign_of([*sent("x"), *sent("....", start=1)])
    for number in range(1, 5):
        before = evidence_of(refused(recipient=address(number), at=STARTS - DAY_S, **UNKNOWN))
        campaign[address(number)] = Evidence(address(number), campaign[address(number)].attempts, (), (before,))
    assert servers.same_text_later_accepted(case(campaign, 0)) > 1.0
    assert servers.same_text_later_accepted(refused_case()) == 0.0
