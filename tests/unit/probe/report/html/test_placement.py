"""The page about placement: an answer, a chart over time, tables, and no words of strangers as markup."""

from __future__ import annotations

import re

from placing import days, placed

from probe.placement.document import found
from probe.placement.share import Seeds
from probe.report.html.placement import placement_page

HOSTILE = "<script>alert(1)</script>"


def test_the_answer_stands_first_and_every_campaign_is_drawn() -> None:
    text = placement_page(found(days([23, 22] * 10 + [12, 12, 12])))
    assert text.index("<h1") < text.index("ALARM since") < text.index("<svg") < text.index("<h2>By campaign")
    assert len(re.findall(r"<circle ", text)) == 23
    assert text.index("<bdi>day 22</bdi></th>") < text.index("<bdi>day 21</bdi></th>")
    assert 1 <= text.count('<g class="raised">') <= 3


def test_one_campaign_needs_no_chart_and_true_shares_are_of_labs() -> None:
    rows = [placed("spring", "ann@freemail")]
    assert "<svg" not in placement_page(found(rows))
    assert "True share" not in placement_page(found(rows))
    assert "True share" in placement_page(found(rows, {("spring", "freemail"): Seeds(1, 2)}))


def test_what_nobody_could_read_is_unknown() -> None:
    text = placement_page(found([placed("spring", "ann@freemail", None, why=HOSTILE, variant=HOSTILE)]))
    assert '<td class="number">unknown</td>' in text
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
