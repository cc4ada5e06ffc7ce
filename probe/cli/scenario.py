"""fivefifty scenario: look at scenario files."""

from __future__ import annotations

from probe.cli.commands import group
from probe.cli.options import ScenarioFile, load_scenario
from probe.cli.output import print_lines, printing

scenario = group("scenario")


@scenario.command()
def check(scenario: ScenarioFile) -> None:
    """Check a scenario file and say what a run would set up."""
    from probe.lab.check_routes import route_warnings
    from probe.lab.classifiers import look_at
    from probe.lab.gates import expected
    from probe.lab.prepare import prepare

    loaded = load_scenario(scenario)
    prepared = prepare(loaded)
    gates = expected(prepared, look_at(loaded))
    count = f"{len(gates)} gate{'' if len(gates) == 1 else 's'}"
    recipients, gateways = len(prepared.everybody), len(prepared.companies)
    warnings = route_warnings(prepared.world, prepared.domains, prepared.companies)
    print_lines(f"{scenario}: warning: {each}" for each in warnings)
    print_lines([f"{scenario}: good. {recipients:,} recipients at {gateways:,} gateways, {count}."])


@scenario.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from probe.scenario.model import Scenario

    with printing():
        print(json.dumps(Scenario.model_json_schema(by_alias=True), indent=2))
