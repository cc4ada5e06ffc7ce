"""Real bounces, read, and held against another parser's labels; skipped where the corpus is not at hand.

The corpus lies beside the repository and is not part of it. A label counts where it stands in the mail, literally: that
parser makes up a status where the mail has none.
"""

from __future__ import annotations

import csv
import email
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from probe.returned_mail import ReturnedKind, ReturnedMail, read

CORPUS: Final = Path(__file__).parents[2].parent / "shared" / "data" / "set-of-emails"
LEAST: Final = 0.97
LEAST_RECIPIENTS: Final = 0.98
PASTED_BY_A_PERSON: Final = "lhost-sendmail-14.eml"
"""A person forwards a report as text; that is no report."""

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the corpus is not at {CORPUS}")


class Sample(NamedTuple):
    """A mail, everything that stands in it, what we read, and the labels: a row for each recipient."""

    name: str
    stands: str
    header: str
    found: ReturnedMail
    labels: list[dict[str, str]]


def everything(octets: bytes) -> str:
    """Return the text of a mail, raw and decoded in every way."""
    parts = [part.get_payload(decode=True) for part in email.message_from_bytes(octets).walk()]
    leaves = [octets, *(part for part in parts if isinstance(part, bytes))]
    return "\n".join(leaf.decode(charset, "replace") for leaf in leaves for charset in ("utf-8", "latin-1"))


@cache
def samples() -> list[Sample]:
    """Read the corpus."""
    labels = defaultdict(list)
    with (CORPUS / "labels.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            labels[row["file"]].append(row)
    mails = {path.name: path.read_bytes() for path in sorted((CORPUS / "mail").glob("*.eml"))}
    return [
        Sample(
            name,
            everything(octets),
            re.split(rb"\r?\n\r?\n", octets, maxsplit=1)[0].decode("latin-1"),
            read(octets),
            labels[name],
        )
        for name, octets in mails.items()
    ]


def agreement(what: str, wanted: Callable[[Sample], Counter[str]], had: Callable[[Sample], Counter[str]]) -> float:
    """Print where we disagree with the labels, and return how much we agree, of 1."""
    agreed = total = 0
    for sample in samples():
        labelled, found = wanted(sample), had(sample)
        agreed += (labelled & found).total()
        total += labelled.total()
        if labelled - found:
            print(f"{what}: {sample.name} is labelled {dict(labelled)}, read as {dict(found)}")  # noqa: T201
    print(f"{what}: {agreed} of {total}, {agreed / total:.1%}")  # noqa: T201
    return agreed / total


def labelled(column: str, sample: Sample) -> Counter[str]:
    """Return a column's labels that stand in the mail as such, not within another number."""
    values = (row[column] for row in sample.labels)
    return Counter(
        value for value in values if value and re.search(rf"(?<![\d.]){re.escape(value)}(?!\.?\d)", sample.stands)
    )


def test_as_many_recipients_are_found_as_are_labelled() -> None:
    def agrees(sample: Sample) -> Counter[str]:
        return Counter([str(len(sample.found.recipients))])

    def wanted(sample: Sample) -> Counter[str]:
        return Counter([str(len(sample.labels))] if sample.labels else [])

    assert agreement("recipients", wanted, agrees) >= LEAST_RECIPIENTS


def test_statuses_are_those_of_the_labels() -> None:
    share = agreement(
        "status",
        lambda sample: labelled("status", sample),
        lambda sample: Counter(entry.status for entry in sample.found.recipients if entry.status),
    )
    assert share >= LEAST


def test_codes_are_those_of_the_labels() -> None:
    share = agreement(
        "code",
        lambda sample: labelled("reply", sample),
        lambda sample: Counter(str(entry.code) for entry in sample.found.recipients if entry.code),
    )
    assert share >= LEAST


def test_nothing_is_made_up() -> None:
    made_up = [
        (sample.name, value)
        for sample in samples()
        for entry in sample.found.recipients
        for value in (entry.recipient, entry.original_recipient, entry.status or "", str(entry.code or ""))
        if value not in sample.stands
    ]
    made_up += [(each.name, each.found.message_id) for each in samples() if each.found.message_id not in each.stands]
    assert made_up == []


def test_nobody_is_named_who_wrote_the_report_or_is_a_message_id() -> None:
    wrong = []
    for sample in samples():
        senders = " ".join(re.findall(r"^(?:From|Return-Path|Sender):.*", sample.header, re.MULTILINE | re.IGNORECASE))
        ids = re.findall(r"Message-ID:\s*<([^>]+)>", sample.stands, re.IGNORECASE)
        for entry in sample.found.recipients:
            is_sender = f" {entry.recipient}" in senders or f"<{entry.recipient}>" in senders
            if entry.recipient in ids or (is_sender and sample.found.kind is not ReturnedKind.AUTO_REPLY):
                wrong.append((sample.name, entry.recipient))
    assert wrong == []


def test_every_mail_of_the_corpus_is_of_some_kind() -> None:
    kinds = Counter(sample.found.kind for sample in samples())
    print(dict(kinds))  # noqa: T201
    feedback = {ReturnedKind.COMPLAINT, ReturnedKind.FEEDBACK}
    expected = {"arf": feedback, "rfc3834": {ReturnedKind.AUTO_REPLY}}
    wrong = [
        sample.name
        for sample in samples()
        if sample.name != PASTED_BY_A_PERSON
        and sample.found.kind not in expected.get(sample.name.split("-")[0], {ReturnedKind.REPORT})
    ]
    assert wrong == []
