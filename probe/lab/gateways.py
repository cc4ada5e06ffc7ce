"""Builds the gateways of a scenario, and looks for the content filters they ask."""

from __future__ import annotations

from collections.abc import Callable

from fake_gateways import scanners
from fake_gateways.clock import Clock
from fake_gateways.gateway import Gateway
from fake_gateways.loopback import Network
from fake_gateways.people.directory import Directory
from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.input_error import InputError
from probe.lab.prepare import PreparedScenario
from probe.scenario.companies import Company, audience
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
) -> Gateway:
    """Put a company's gateway together. Its random stream depends on seed and name alone."""
    persona = company.persona
    return Gateway(
        name=company.name,
        host=company.host,
        persona=persona,
        directory=directory,
        policies=company.policies,
        claims=company.spec.claims,
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
    )


async def require_scanners(prepared: PreparedScenario, allowed: tuple[Network, ...]) -> None:
    """Raise InputError where a content filter that some gateway asks cannot be asked: nobody would refuse anything."""
    asked = prepared.loaded.scenario.scanners_asked
    try:
        found = scanners.connect(asked, allowed)
    except ImportError as error:
        problem, _, remedy = str(error).partition("; ")
        raise InputError(f"{prepared.loaded.path}: scanners", problem, remedy) from None
    for name, scanner in found.items():
        if not await scanner.is_there():
            host, port = asked[name]
            place = f"{prepared.loaded.path}: scanners.{name}"
            raise InputError(
                place, f"nobody answers at {host} port {port}", f"start {name} there, or correct the address"
            )
