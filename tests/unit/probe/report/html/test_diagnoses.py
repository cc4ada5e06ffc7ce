"""The section about experiments on the page of a run: groups, recipients, what was done, and what is left out."""

from __future__ import annotations

from dataclasses import replace

from book_rows import refused
from diagnosing import RECIPIENT, diagnosed
from report_content import content, gone

from fake_gateways.truth import Cause
from probe.diagnose.choice import Budget
from probe.diagnose.doubtful import Doubt, grouped
from probe.diagnose.run_document import DoubtfulRun, RunFound, run_as_document
from probe.report.html.diagnoses import found_of_run
from probe.report.html.page import page


def found(*, asked: bool = True, word: str = "") -> RunFound:
    """Return what was found about two recipients who were refused alike, one of whom was asked about."""
    members = [refused(recipient=each, text=f"no {word}") for each in (RECIPIENT, "bob@acme.example")]
    groups = grouped([Doubt(each, 0.5) for each in members])
    if asked:
        groups[0].asked[RECIPIENT] = diagnosed(Cause.IP_REPUTATION, alive=True, experiments=2)
    return RunFound.model_validate(run_as_document(DoubtfulRun("small", groups, Budget())))


def test_every_recipient_that_was_asked_about_has_its_experiments() -> None:
    shown = found_of_run(found())
    assert shown.sentence == "1 of 2 doubtful recipients asked about with 2 experiments; 1 settled."
    ((_, words, causes, recipients, asked, _, settled),) = shown.groups.rows
    assert (words.split(), recipients, asked, settled) == (["550", "no"], "2", "1", "1")
    assert causes.startswith("ip-reputation")
    (each,) = shown.asked
    assert (each.recipient, len(each.made)) == (RECIPIENT, 2)
    assert each.cause.startswith("ip-reputation (")
    assert (shown.groups.note, shown.note) == ("", "")


def test_a_group_of_which_nobody_was_asked_about_says_so() -> None:
    shown = found_of_run(found(asked=False))
    assert shown.groups.rows[0][2] == "not asked"
    assert shown.asked == []


def test_of_a_refusal_that_has_passed_no_cause_is_told() -> None:
    run = found()
    (diagnosis,) = run.groups[0].diagnoses
    passed = diagnosis.model_copy(update={"has_passed": True, "causes": {}, "advice": []})
    group = run.groups[0].model_copy(update={"diagnoses": [passed]})
    (each,) = found_of_run(run.model_copy(update={"groups": [group]})).asked
    assert (each.cause, each.to_do) == ("the refusal has passed", "")
    assert {made.likeliest for made in each.made} == {""}


def test_what_is_left_out_is_said() -> None:
    run = found()
    many = run.groups[0].model_copy(update={"diagnoses": run.groups[0].diagnoses * 50})
    shown = found_of_run(run.model_copy(update={"groups": [many] * 21}))
    assert (shown.groups.note, shown.note) == (
        "1 more group in diagnoses.json.",
        "1,010 more recipients in diagnoses.json.",
    )
    assert (len(shown.groups.rows), len(shown.asked)) == (20, 40)


def test_the_page_has_the_section_only_if_experiments_were_made() -> None:
    made = content([gone("cy")])
    assert 'id="experiments"' not in page(made)
    text = page(replace(made, diagnoses=found_of_run(found(word="<b>"))))
    assert text.index('id="classifiers"') < text.index('<section id="experiments"') < text.index('id="gateways"')
    assert "no &lt;b&gt;" in text
    assert "<b>" not in text
