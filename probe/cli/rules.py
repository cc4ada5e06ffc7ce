"""Commands that look at rule files: rules lint, test and explain."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from fake_gateways.smtp.envelope import Stage
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.files import kind_of, load, load_tests, without_labels
from probe.classify.rules.formats import PARSERS
from probe.classify.rules.lint import FindingKind, lint, overview
from probe.classify.rules.persona_replies import known_replies
from probe.classify.rules.reply import parse_reply
from probe.classify.rules.rule_tests import failures
from probe.cli.console import Exit, app, printing
from probe.harmless import harmless
from probe.input_error import InputError
from probe.report.terminal.rules import explained, failures_told, findings_told

rules_app = typer.Typer(help="Look at rule files that read bounces.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")

Files = Annotated[
    str, typer.Argument(metavar="FILE", help="A rule file; several, in the order they count, with commas between.")
]
Format = Annotated[
    str | None, typer.Option("--format", help=f"Whose rules they are: {', '.join(PARSERS)} (default: by their looks).")
]


@rules_app.command("lint")
def rules_lint(
    files: Files,
    *,
    format_: Format = None,
    ignore: Annotated[
        list[FindingKind] | None, typer.Option(help="A kind of finding to leave out; repeat for several.")
    ] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="End with exit code 0 whatever is found.")] = False,
) -> None:
    """Find rules that never fire, never decide, contradict themselves, or misread replies of known vendors."""
    classifier = _classifier(files, format_)
    known = known_replies()
    found = [finding for finding in lint(classifier, known) if finding.kind not in (ignore or ())]
    view = overview(classifier, [each.heard for each in known])
    _print(findings_told(found, view, len(classifier.rule_set.rules)))
    raise typer.Exit(Exit.GATE_FAILED if found and not exit_zero else Exit.PASSED)


@rules_app.command("test")
def rules_test(
    files: Files,
    *,
    format_: Format = None,
    tests: Annotated[
        Path | None, typer.Option("--tests", help="A file of [[test]] tables, for rules of any format.")
    ] = None,
) -> None:
    """Run the tests that stand in the file, or in another; a test that fails ends with exit code 1."""
    classifier = _classifier(files, format_)
    asked = (*classifier.rule_set.tests, *(load_tests(tests) if tests else ()))
    if not asked:
        raise InputError(
            files, "has no tests", "write [[test]] tables into a file of their own, and name it with --tests"
        )
    failed = failures(classifier, asked)
    _print(failures_told(failed, len(asked)))
    raise typer.Exit(Exit.GATE_FAILED if failed else Exit.PASSED)


@rules_app.command("explain")
def rules_explain(
    files: Files,
    reply: Annotated[str, typer.Argument(metavar="REPLY", help='Such as "550 5.1.1 User unknown".')],
    *,
    stage: Annotated[Stage, typer.Option(help="Where it was heard.")] = Stage.RCPT,
    recipient: Annotated[str, typer.Option(help="Of whom it was heard, for rules that ask for the domain.")] = "",
    format_: Format = None,
) -> None:
    """Show which rules match a reply, in order, and which of them decides."""
    _print(explained(_classifier(files, format_), parse_reply(reply, stage, recipient)))


def _classifier(files: str, kind: str | None) -> RuleClassifier:
    paths, labels = without_labels([Path(file) for file in files.split(",")])
    if not paths:
        raise InputError(files, "holds labels and no rules", "name rules as well, with commas between")
    return RuleClassifier(load(kind or kind_of(paths), paths, labels))


def _print(lines: Iterable[str]) -> None:
    with printing():
        for line in lines:
            print(harmless(line.replace("\n", " ")))
