"""Builds the gateways of a scenario, and checks that their content filters answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fake_gateways import scanners
from fake_gateways.clock import Clock
from fake_gateways.gateway import Gateway
from fake_gateways.loopback import Network
from fake_gateways.people.directory import Directory
from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.smtp.auth import Login
from fake_gateways.truth import Truth
from probe.input_error import InputError
from probe.lab.logins import login_of
from probe.lab.prepare import PreparedScenario
from probe.scenario.companies import Company, audience
from probe.scenario.login import LoginSpec
from probe.scenario.model import Scenario


def build_gateway(
    company: Company,
    directory: Directory,
    scenario: Scenario,
    clock: Clock,
    *,
    write: Callable[[Truth], None],
    post: Callable[[DeliveryReport], None],
    engage: Callable[[Engagement], None] = lambda _: None,
    login: Login | None = None,
    lmtp: bool = False,
) -> Gateway:
    """Build a company's gateway. Its random stream depends on the seed and the company's name only."""
    persona = company.persona
    return Gateway(
        name=company.name,
        host=company.host,
        persona=persona,
        directory=directory,
        policies=company.policies,
        claims=company.spec.claims,
        words=company.spec.words,
        lies=company.spec.lies,
        size_limit=company.spec.size_limit or persona.size_limit,
        clock=clock,
        starts=scenario.starts.timestamp(),
        seed=f"{scenario.seed}:{company.name}:gateway",
        write=write,
        post=post,
        reports=company.spec.reports,
        xclient=company.spec.xclient,
        address=company.address,
        audience=audience(company, scenario.seed),
        engage=engage,
        login=login,
        lmtp=lmtp,
    )


def build_gateways(
    companies: Sequence[Company],
    directories: Mapping[str, Directory],
    scenario: Scenario,
    clock: Clock,
    *,
    write: Callable[[Truth], None],
    post: Callable[[DeliveryReport], None],
    engage: Callable[[Engagement], None],
    logins: bool = False,
) -> dict[str, Gateway]:
    """Return the gateways of companies, by address. ``directories`` are the companies', by name.

    With ``logins`` every gateway offers AUTH, else only those whose scenario says so.
    """
    specs = {company.name: company.spec.login or (LoginSpec() if logins else None) for company in companies}
    return {
        company.address: build_gateway(
            company,
            directories[company.name],
            scenario,
            clock,
            write=write,
            post=post,
            engage=engage,
            login=None if (spec := specs[company.name]) is None else login_of(spec, clock.now),
            lmtp=company.spec.lmtp,
        )
        for company in companies
    }


async def require_scanners(prepared: PreparedScenario, allowed: tuple[Network, ...]) -> None:
    """Raise InputError if a content filter that a gateway asks does not answer: it would refuse nothing."""
    asked = prepared.loaded.scenario.scanners_asked
    try:
        found = scanners.connect(asked, allowed)
    except ImportError as error:
        remedy = "install it: pip install 'fivefifty[scanners]'"
        raise InputError(f"{prepared.loaded.path}: scanners", str(error), remedy) from None
    for name, scanner in found.items():
        if not await scanner.is_there():
            host, port = asked[name]
            place = f"{prepared.loaded.path}: scanners.{name}"
            raise InputError(
                place, f"no content filter answers at {host} port {port}", f"start {name} there, or correct the address"
            )
