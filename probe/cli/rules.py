"""fivefifty rules: look at rule files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fake_gateways.smtp.envelope import Stage
from probe.cli.commands import group
from probe.cli.exit_codes import Exit
from probe.cli.output import print_lines
from probe.input_error import InputError

if TYPE_CHECKING:
    from probe.classify.rules.classifier import RuleClassifier

rules = group("rules")

RuleFiles = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="Rule file. Separate several with commas; the first rule that matches decides."
    ),
]
RuleFormat = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="rules, kumomta, zone-mta, powermta or momentum (default: recognised by its content).",
    ),
]


@rules.command("lint")
def lint_rules(
    files: RuleFiles,
    *,
    format_: RuleFormat = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="Leave out a kind of finding, such as never-fires. Repeat for several."),
    ] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")] = False,
) -> None:
    """Find rules that never fire, never decide, contradict themselves, or misread replies of known vendors."""
    from probe.classify.rules.lint import FindingKind, lint, overview
    from probe.classify.rules.persona_replies import known_replies
    from probe.report.terminal.rules import finding_lines

    for kind in ignore or ():
        if kind not in set(FindingKind):
            raise InputError(f"--ignore {kind}", "is not a kind of finding", f"use one of {', '.join(FindingKind)}")
    classifier = _classifier(files, format_)
    known = known_replies()
    found = [finding for finding in lint(classifier, known) if finding.kind not in (ignore or ())]
    view = overview(classifier, list(dict.fromkeys(each.reply for each in known)))
    print_lines(finding_lines(found, view, len(classifier.rule_set.rules)))
    raise typer.Exit(Exit.GATE_FAILED if found and not exit_zero else Exit.PASSED)


@rules.command("test")
def run_rule_tests(
    files: RuleFiles,
    *,
    format_: RuleFormat = None,
    tests: Annotated[
        Path | None,
        typer.Option("--tests", metavar="FILE", help="TOML file with the tests, for rules of any format."),
    ] = None,
) -> None:
    """Run the tests in a rule file, or in another file; exit with 1 if one fails."""
    from probe.classify.rules.files import load_tests
    from probe.classify.rules.rule_tests import failures
    from probe.report.summary import count
    from probe.report.terminal.rules import failure_lines

    classifier = _classifier(files, format_)
    asked = (*classifier.rule_set.tests, *(load_tests(tests) if tests else ()))
    if not asked:
        has = f"has {count(len(classifier.rule_set.rules), 'rule')} and no tests"
        raise InputError(files, has, "write [[test]] tables into a file of their own, and name it with --tests")
    failed = failures(classifier, asked)
    print_lines(failure_lines(failed, len(asked)))
    raise typer.Exit(Exit.GATE_FAILED if failed else Exit.PASSED)


@rules.command("explain")
def explain_rules(
    files: RuleFiles,
    reply: Annotated[str, typer.Argument(metavar="REPLY", help='SMTP reply, such as "550 5.1.1 User unknown".')],
    *,
    stage: Annotated[Stage, typer.Option(help="Command that the reply answers.")] = Stage.RCPT,
    recipient: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Recipient, for rules that look at the domain.")
    ] = "",
    format_: RuleFormat = None,
) -> None:
    """Show which rules match a reply, in order, and which of them decides."""
    from probe.classify.rules.reply import parse_reply
    from probe.report.terminal.rules import explanation_lines

    print_lines(explanation_lines(_classifier(files, format_), parse_reply(reply, stage, recipient)))


def _classifier(files: str, kind: str | None) -> RuleClassifier:
    from probe.classify.rules.classifier import RuleClassifier
    from probe.classify.rules.files import kind_of, load, without_labels

    paths, labels = without_labels([Path(file) for file in files.split(",")])
    if not paths:
        raise InputError(files, "holds labels and no rules", "name rules as well, separated by commas")
    return RuleClassifier(load(kind or kind_of(paths), paths, labels))
