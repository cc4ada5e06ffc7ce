"""Makes the gateway behind the fixture: one that accepts all mail, or one of a scenario, both with a test's rules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from fake_gateways.clock import VirtualClock
from fake_gateways.gateway import Gateway
from fake_gateways.needs import QueryHandler
from fake_gateways.policies.directory import DirectorySettings
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.smtp.lmtp import REQUIRED_KEYWORDS
from fake_gateways.verdict import Answer, Question
from probe.input_error import InputError, one_of
from probe.lab.gateways import build_gateway
from probe.lab.logins import login_of
from probe.lab.prepare import PreparedScenario, prepare
from probe.scenario.companies import Company
from probe.scenario.load import load_persona
from probe.testing.logins import LoginRules
from probe.testing.open_scenario import Scenario, load_scenario
from probe.testing.recorded import GatewayRecord
from probe.testing.rules import GatewayRules, StageRules, ToldDirectory

STARTS: Final = 1_772_438_400.0
"""Start of the gateway's clock: Monday, 2 March 2026, 08:00 UTC. It is fixed so that every run is the same."""
DOMAIN: Final = "company.example"
SHOWN: Final = 30
"""The most names of gateways that an error lists."""


@dataclass(frozen=True)
class TestedGateway:
    """A gateway, its clock, and what answers its queries. ``returned`` are the messages that it sent back."""

    gateway: Gateway
    clock: VirtualClock
    answer_query: QueryHandler
    returned: list[DeliveryReport] = field(default_factory=list)


@dataclass(frozen=True)
class Given:
    """What a test gives its gateway: the rules, the record to write, who may log in, and whether it speaks LMTP."""

    rules: GatewayRules
    record: GatewayRecord
    logins: LoginRules
    lmtp: bool

    def add_to(self, gateway: Gateway) -> None:
        """Apply the rules before the gateway's own policies, and offer what clients may need."""
        gateway.ask_first("told", lambda stage: StageRules(self.rules, stage))
        gateway.observe(self.record)
        gateway.offer("STARTTLS", *(REQUIRED_KEYWORDS if self.lmtp else ()))


def open_gateway(
    persona: str | Path | None, scenario: Scenario | None, name: str | None, root: Path, given: Given
) -> TestedGateway:
    """Make the gateway of a persona or of a scenario; raises InputError."""
    if scenario is None and name is not None:
        raise InputError(f"gateway(name={name!r})", "is without a scenario", "give the scenario, too")
    if scenario is not None and persona is not None:
        place = f"gateway(persona={str(persona)!r})"
        raise InputError(place, "is given beside a scenario", "omit one of the two")
    try:
        if scenario is None:
            return _of_persona(persona or "postfix", root, given)
        return _of_scenario(scenario, name, root, given)
    except InputError as error:
        raise error.with_traceback(None) from None


def _of_persona(persona: str | Path, root: Path, given: Given) -> TestedGateway:
    """Make a gateway that accepts all mail, with the replies of a persona; raises InputError."""
    name = str(persona)
    found = load_persona(str(root / name) if name.endswith(".toml") else name, f"gateway(persona={name!r})")
    clock = VirtualClock(STARTS)
    returned: list[DeliveryReport] = []
    gateway = Gateway(
        name="gateway",
        host=found.mx.replace("{label}", DOMAIN.partition(".")[0]),
        persona=found,
        directory=ToldDirectory([DOMAIN]),
        policies=(DirectorySettings(),),
        claims={},
        lies=1.0,
        size_limit=found.size_limit,
        clock=clock,
        starts=STARTS,
        seed="550",
        write=given.record.write,
        post=returned.append,
        login=given.logins.login,
        lmtp=given.lmtp,
    )
    given.add_to(gateway)
    return TestedGateway(gateway, clock, QueryHandler(_no_dns, clock.sleep), returned)


def _of_scenario(scenario: Scenario, name: str | None, root: Path, given: Given) -> TestedGateway:
    """Make a gateway of a scenario; raises InputError."""
    prepared = prepare(load_scenario(scenario, root, served=True))
    company = _company(prepared, name)
    found = prepared.loaded.scenario
    clock = VirtualClock(found.starts.timestamp())
    if company.spec.login is not None:
        given.logins.behind = login_of(company.spec.login, clock.now)
    given = replace(given, lmtp=given.lmtp or company.spec.lmtp)
    returned: list[DeliveryReport] = []
    gateway = build_gateway(
        company,
        ToldDirectory.before(prepared.directory(company)),
        found,
        clock,
        write=given.record.write,
        post=returned.append,
        login=given.logins.login,
        lmtp=given.lmtp,
    )
    given.add_to(gateway)

    async def ask(question: Question) -> Answer:
        return prepared.world.answer(question, clock.now())

    return TestedGateway(gateway, clock, QueryHandler(ask, clock.sleep), returned)


def _company(prepared: PreparedScenario, name: str | None) -> Company:
    """Return the company with a name or a domain, or the only one; raises InputError."""
    companies = prepared.companies
    names = [company.name for company in companies]
    place = f"gateway(name={name!r})"
    if name is None:
        if len(companies) > 1:
            problem = f"{prepared.loaded.path} has {len(companies):,} gateways"
            raise InputError(
                place, problem, one_of("", names) if len(names) <= SHOWN else f"give one, such as {names[0]}"
            )
        name = names[0]
    found = next((each for each in companies if name == each.name or name.lower() in each.domains), None)
    if found is None:
        raise InputError(place, f"is not a gateway of {prepared.loaded.path}", one_of(name, names[:SHOWN]))
    if found.spec.foreign is not None:
        raise InputError(place, "is a server of yours (foreign), not a simulated gateway", "choose another gateway")
    if prepared.loaded.scenario.scanners_asked:
        problem = "asks real content filters, which the gateway of a test does not"
        raise InputError(prepared.loaded.path, problem, "use a content policy with rules of its own")
    return found


async def _no_dns(question: Question) -> Answer:
    """Answer no DNS query: the policies of a persona's gateway ask none."""
    del question
    return Answer()
