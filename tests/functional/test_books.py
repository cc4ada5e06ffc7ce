"""Two transports, one result: the laws of the books, for every scenario that is shipped.

A run over sockets is dear, so each is made once; repeats go through memory.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Final, get_args, get_type_hints

import pytest

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Fate, Truth
from probe.classify import Evidence
from probe.classify.registry import BASELINES, choose
from probe.judge.gates import Gate
from probe.judge.join import join
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.ledger import Ledger
from probe.records.attempt import Attempt
from probe.scenario.load import Loaded, load

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "scenarios").glob("*.toml"))
TWELVE = ROOT / "tests" / "scenarios" / "twelve.toml"
EVERYTHING = ROOT / "tests" / "scenarios" / "everything.toml"
SENDING = ROOT / "tests" / "scenarios" / "sending.toml"
every_scenario = pytest.mark.parametrize(
    "scenario", [*SHIPPED, TWELVE, EVERYTHING, SENDING], ids=lambda path: path.stem
)


@dataclass(frozen=True)
class Made:
    """A run that has been made: the figures of its scorecard, and the folder of its books.

    What else it came to, word by word, would fill gigabytes if it were kept of all of them.
    """

    all_figures: dict[str, Any]
    digest: str
    gates: list[Gate]
    folder: Path

    @property
    def figures(self) -> dict[str, Any]:
        """Every figure of its scorecard, whatever carried the mail."""
        return {name: value for name, value in self.all_figures.items() if name != "transport"}


Make = Callable[..., Made]


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Return a function that runs a scenario, or hands out the run if it has been made before."""
    made: dict[tuple[Any, ...], Made] = {}

    def run(
        scenario: Path, transport: str = "memory", *, workers: int = 1, more_seed: int = 0, repeat: int = 0
    ) -> Made:
        loaded = load(scenario)
        # No process is started that would have no gateway, so it is the same run.
        key = (scenario, transport, min(workers, len(loaded.scenario.gateway)), more_seed, repeat)
        if key not in made:
            other = loaded.scenario.model_copy(update={"seed": loaded.scenario.seed + more_seed})
            prepared = prepare(Loaded(other, loaded.folder, loaded.path))
            folder = tmp_path_factory.mktemp(f"{scenario.stem}-{transport}")
            result = run_scenario(
                prepared, Options(transport=transport, out=folder, classifiers=choose(None), workers=workers)
            )
            made[key] = Made(dict(result.figures()), result.scorecard.books, result.gates, folder)
        return made[key]

    return run


def test_scenarios_are_shipped() -> None:
    assert SHIPPED


@every_scenario
def test_the_same_seed_writes_the_same_books(scenario: Path, make: Make) -> None:
    first, second = make(scenario), make(scenario, repeat=1)
    assert first.digest == second.digest
    assert first.figures == second.figures


@every_scenario
def test_another_seed_writes_other_books(scenario: Path, make: Make) -> None:
    assert make(scenario).digest != make(scenario, more_seed=1).digest


@every_scenario
def test_sockets_and_memory_write_the_same_books_and_score_the_same(scenario: Path, make: Make) -> None:
    wire, memory = make(scenario, "tcp"), make(scenario)
    assert wire.figures == memory.figures
    assert wire.digest == memory.digest
    assert (wire.all_figures["transport"], memory.all_figures["transport"]) == ("tcp", "memory")


@every_scenario
@pytest.mark.parametrize("workers", [2, 3])
def test_any_number_of_workers_writes_the_same_books_and_scores_the_same(
    scenario: Path, workers: int, make: Make
) -> None:
    shared, alone = make(scenario, workers=workers), make(scenario)
    assert shared.digest == alone.digest
    assert shared.all_figures == alone.all_figures


def test_more_workers_than_there_are_gateways_write_the_same_books(make: Make, tmp_path: Path) -> None:
    scenario = ROOT / "scenarios" / "dns_change.toml"
    result = run_scenario(
        prepare(load(scenario)), Options(transport="memory", out=tmp_path, classifiers=choose(None), workers=5)
    )
    assert result.scorecard.books == make(scenario).digest


@every_scenario
@pytest.mark.parametrize("transport", ["memory", "tcp"])
def test_the_gates_hold(scenario: Path, transport: str, make: Make) -> None:
    gates = make(scenario, transport).gates
    assert [gate for gate in gates if not gate.passed] == []
    assert gates, "a scenario that expects nothing shows nothing"


@every_scenario
@pytest.mark.parametrize("transport", ["memory", "tcp"])
def test_every_attempt_over_the_line_joins_a_decision(scenario: Path, transport: str, make: Make) -> None:
    with Ledger.open(make(scenario, transport).folder) as books:
        joined = join(books.truths(), books.attempts())
        assert joined.whole
        assert len(joined.pairs) == books.count(Attempt)
        assert all(decision is not None or attempt.failure is not None for attempt, decision in joined.pairs)
        assert books.complete


@every_scenario
def test_every_planned_recipient_was_finished_with(scenario: Path, make: Make) -> None:
    with Ledger.open(make(scenario).folder) as books:
        planned = sorted((row.campaign, row.recipient) for row in books.planned())
        assert planned == sorted({(row.campaign, row.recipient) for row in books.attempts()})


# What is decided and known at the gateway, and none of the sender's business.
HIDDEN = {"gateway", "session", "transaction", "mailbox", "cause", "claimed", "honest", "fate", "policy", "peer_port"}


def reachable(kind: Any, seen: set[Any]) -> Iterator[Any]:
    """Yield every type that a value of a type can hold, itself included."""
    if kind in seen:
        return
    seen.add(kind)
    yield kind
    for below in get_args(kind):
        yield from reachable(below, seen)
    if isinstance(kind, type) and not isinstance(kind, UnionType) and hasattr(kind, "__annotations__"):
        for below in get_type_hints(kind).values():
            yield from reachable(below, seen)


def test_the_hidden_columns_are_columns_of_the_truth() -> None:
    assert set(get_type_hints(Truth)) >= HIDDEN


@pytest.mark.parametrize("kind", [Attempt, Evidence], ids=lambda kind: kind.__name__)
def test_what_a_classifier_sees_has_no_column_of_the_truth_by_type(kind: type[Any]) -> None:
    types = list(reachable(kind, set()))
    assert Attempt in types
    columns = {name for each in types if isinstance(each, type) for name in getattr(each, "__annotations__", {})}
    assert not columns & HIDDEN
    assert not {Truth, MailboxState, Fate} & {each for each in types if isinstance(each, type)}


@pytest.mark.parametrize("name", BASELINES)
def test_a_classifier_takes_evidence_alone(name: str) -> None:
    hints = get_type_hints(BASELINES[name].classify)
    assert {key: kind for key, kind in hints.items() if key != "return"} == {"evidence": Evidence}


# Twelve characters in a row are the queue id that many a vendor ends its replies with.
QUEUE_ID = re.compile(r"\b[0-9A-Za-z]{12}\b")
COMPARED = ("mx", "campaign", "message_id", "return_path", "recipient", "tls", "outcome", "code", "enhanced", "text",
            "failure")  # fmt: skip


def bare(attempt: Attempt, domains: set[str]) -> tuple[Any, ...]:
    """Return an attempt's row without what is different for every recipient: addresses and ids."""
    local, _, domain = attempt.recipient.rpartition("@")
    assert domain in domains

    def strip(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        for written, name in (
            (attempt.message_id, "ID"),
            (attempt.recipient, "RECIPIENT"),
            (f"{local}={domain}", "VERP"),
            (attempt.local_address, "SOURCE"),
            (domain, "DOMAIN"),
        ):
            value = value.replace(written, name)
        return QUEUE_ID.sub("QUEUE-ID", value)

    assert re.fullmatch(rf"<{re.escape(attempt.campaign)}\.\d+@[a-z0-9.-]+>", attempt.message_id)
    return tuple(strip(getattr(attempt, column)) for column in COMPARED)


def refused_alike(folder: Path) -> dict[tuple[Any, ...], dict[bool, set[tuple[Any, ...]]]]:
    """Return the bare rows of what was refused as an unknown user, by where and when it was told, by alive or gone."""
    found: dict[tuple[Any, ...], dict[bool, set[tuple[Any, ...]]]] = defaultdict(lambda: {True: set(), False: set()})
    with Ledger.open(folder) as books:
        domains = {row.address.rpartition("@")[2] for row in books.mailboxes()}
        for attempt, truth in join(books.truths(), books.attempts()).pairs:
            if truth is not None and truth.claimed == "user-unknown" and truth.mailbox is not None:
                where = (truth.gateway, attempt.stage, attempt.campaign)
                found[where][MailboxState(truth.mailbox).alive].add(bare(attempt, domains))
    return found


LIES_IN_OTHER_WORDS: Final = {"resolver_quota"}
"""Where Postfix lies about the client in words about the client, the gone also hear its words about recipients."""


@every_scenario
@pytest.mark.parametrize("transport", ["memory", "tcp"])
def test_the_living_and_the_gone_who_are_refused_alike_differ_in_address_and_ids_alone(
    scenario: Path, transport: str, make: Make
) -> None:
    for where, rows in refused_alike(make(scenario, transport).folder).items():
        if rows[True] and rows[False]:
            assert rows[True] <= rows[False], where
            assert rows[True] == rows[False] or scenario.stem in LIES_IN_OTHER_WORDS, where


def test_there_are_living_and_gone_who_are_refused_alike(make: Make) -> None:
    def has_both(scenario: Path) -> bool:
        return any(rows[True] and rows[False] for rows in refused_alike(make(scenario).folder).values())

    assert has_both(TWELVE)
    assert any(map(has_both, SHIPPED))


@every_scenario
def test_no_number_sorts_the_living_from_the_gone(scenario: Path, make: Make) -> None:
    """A message's number is its place in the sending order, which is drawn without a look at the mailbox."""
    with Ledger.open(make(scenario).folder) as books:
        states = {row.address: MailboxState(row.state) for row in books.mailboxes()}
        planned = [states.get(row.recipient.lower(), MailboxState.DEPARTED).alive for row in books.planned()]
    runs = sum(1 for _ in itertools.groupby(planned))
    gone = planned.count(False)
    # So many runs of equals are expected of a shuffled row (Wald and Wolfowitz); sorted, there would be two.
    assert runs >= 1 + gone * (len(planned) - gone) / len(planned)
