"""Prints the personas: the vendors whose gateways are simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from fake_gateways import personas
from fake_gateways.truth import Cause

if TYPE_CHECKING:  # it loads every policy, which a list of personas does not need
    from fake_gateways.persona import Persona


def print_list(console: Console) -> None:
    """Print every persona of the package with a sentence about its habit."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for name in personas.names():
        persona = personas.outline(name)
        table.add_row(name, Text(persona.title, style="bold"))
        table.add_row("", escape(persona.habit))
    console.print(table)


def print_persona(console: Console, persona: Persona) -> None:
    """Print one persona: how it decides, its replies, the disguises it is known for, and the sources."""
    console.print(Text(f"{persona.name}: {persona.title}", style="bold"))
    console.print(escape(persona.habit))
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    facts.add_row("MX host", escape(persona.mx))
    facts.add_row("offers", escape(", ".join(persona.keywords)))
    facts.add_row("refused greeting", persona.refused_greeting)
    facts.add_row("order of policies", " > ".join(persona.order))
    facts.add_row("reports", f"{persona.reports.layout} after {persona.reports.after:g} s")
    for kind, numbers in persona.numbers.items():
        values = ", ".join(f"{key} = {value}" for key, value in numbers.items()) or "the policy's defaults"
        facts.add_row(f"numbers of {kind}", escape(values))
    for lie in persona.lie:
        claims = ", ".join(f"{cause} claimed as {claimed}" for cause, claimed in lie.claims.items())
        words = "".join(f' In these words: "{reply}".' for reply in lie.words.values())
        facts.add_row(f"lie {lie.name}", escape(f"{claims}. {lie.note}{words} ({lie.source})"))
    console.print(facts)
    for cause in Cause:
        wordings = [refusal for refusal in persona.refusal if refusal.cause is cause]
        if wordings:
            console.print(Text(f"\n{cause}", style="bold"))
        for refusal in wordings:
            by = f", by {', '.join(refusal.by)}" if refusal.by else ""
            console.print(Padding(Text(str(refusal)), (0, 0, 0, 2), expand=False))
            console.print(
                Padding(Text(f"at {', '.join(refusal.stages)}{by}; {refusal.source}", style="dim"), (0, 0, 0, 4))
            )
    silent = [cause for cause in Cause if not any(refusal.cause is cause for refusal in persona.refusal)]
    if silent:
        console.print(f"\nWithout a known sample, so with a standard text: {', '.join(silent)}.")
    console.print("\nSources: " + escape("; ".join(persona.sources)) + ".")
