"""The plan holds recipients as numbers. Each lane finds out who they are, and together they have everybody once."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import small_scenario

from fake_gateways.reports.dsn import Habit
from fake_gateways.smtp.envelope import domain_of
from probe.lab.plan import plan_lanes
from probe.lab.population import Population
from probe.lab.prepare import prepare
from probe.scenario.load import load

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_lanes_together_mail_every_recipient_at_its_place_once(path: Path) -> None:
    prepared = prepare(load(path))
    scenario = prepared.loaded.scenario
    expected = {
        (name, place): address
        for name, recipients in prepared.recipients.items()
        for place, address in enumerate(recipients.addresses())
    }
    found: dict[tuple[str, int], str] = {}
    for lane in pickle.loads(pickle.dumps(plan_lanes(prepared))):
        times = []
        for transaction in lane.transactions(scenario, lane.directories()):
            times.append(transaction[0].at)
            for each in transaction:
                assert (each.campaign, each.number) not in found
                found[each.campaign, each.number] = each.recipient
        assert times == sorted(times)
    assert found == expected


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_recipients_domain_is_known_without_its_address(path: Path) -> None:
    for recipients in prepare(load(path)).recipients.values():
        addresses = recipients.addresses()
        assert [recipients.domain(place) for place in range(len(addresses))] == list(map(domain_of, addresses))
        assert recipients.domains() >= set(map(domain_of, addresses))


def test_a_company_has_as_many_mailboxes_as_numbers_and_others_can_be_left_out() -> None:
    population: Population = prepare(load(SCENARIOS[0])).population
    company = population.companies[0]
    addresses = sorted(population.directory(company).states)
    numbers = population.numbers[company.name]
    assert len(addresses) == len(numbers)
    assert population.company_of(numbers[-1]) is company
    left = population.without({addresses[1]})
    assert list(left) == [number for number in range(population.size) if number != numbers[1]]


@pytest.mark.parametrize("hash_seed", ["1", "2", "3"])
def test_a_run_is_known_again_in_another_process_whatever_the_order_of_its_sets(tmp_path: Path, hash_seed: str) -> None:
    habits = ", ".join(f'"{habit}"' for habit in get_args(Habit))
    text = small_scenario.bent('persona = "proofpoint"', f'persona = "proofpoint"\nreports = {{ habits = [{habits}] }}')
    path = small_scenario.write(tmp_path, text)
    program = (
        "import sys; from pathlib import Path; from probe.lab.prepare import prepare; "
        "from probe.scenario.load import load; print(prepare(load(Path(sys.argv[1]))).fingerprint)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, path],
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )
    assert told.stdout.strip() == prepare(load(path)).fingerprint
