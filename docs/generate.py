"""Writes docs/reference/ from the code, and tables of measured figures into documents. Called by: make docs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from fake_gateways import persona
from fake_gateways.policies import KINDS
from fake_gateways.truth import Cause
from probe.cli.commands import COMMANDS
from probe.diagnose import document, run_document
from probe.input_error import InputError
from probe.listed.document import schema as listed_schema
from probe.placement import document as placement
from probe.report.terminal.accuracy import FIGURES, MAIN, OF_PARTS, cost_rows, figure_rows, share, verifier_rows
from probe.scenario.load import load_persona
from probe.scenario.model import Scenario

ROOT: Final = Path(__file__).parents[1]
REFERENCE: Final = Path(__file__).parent / "reference"
PERSONAS: Final = Path(persona.__file__).parent / "personas"
MANY: Final = 8
"""Kinds of table that one key may hold, above which they have a page of their own."""
WORDS: Final = {
    "date-time": "a moment",
    "time": "a time of day",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "`true` or `false`",
    "object": "a table",
}
ACCURACY: Final = Path(__file__).parent / "diagnose-accuracy.json"
"""Written by: fivefifty evaluate --diagnose --held-out --json."""
IN_README: Final = ("cause_right_where_told", "mailbox_right_where_told", "living_called_gone")
CONFUSED: Final = 12
"""Pairs of causes that are listed."""
HEAD: Final = "<!-- Written by `make docs` from the code; what is changed here by hand is lost. -->\n"


def pages() -> dict[str, str]:
    """Return every page of the reference by its file name."""
    return {
        "commands.md": page("Commands", commands()),
        "scenario.md": page("The scenario file", scenario()),
        "policies.md": page("Policies", policies()),
        "personas.md": page("Personas", personas()),
        "causes.md": page("Causes", causes()),
        "diagnosis.schema.json": json.dumps(document.schema(), indent=2) + "\n",
        "diagnoses.schema.json": json.dumps(run_document.run_schema(), indent=2) + "\n",
        "listed.schema.json": json.dumps(listed_schema(), indent=2) + "\n",
        "placement.schema.json": json.dumps(placement.schema(), indent=2) + "\n",
    }


def page(title: str, lines: Iterator[str]) -> str:
    """Return a page."""
    return "\n".join([HEAD, f"# {title}", "", *lines]) + "\n"


def commands() -> Iterator[str]:
    """Yield every command with its arguments and options."""
    yield "`fivefifty COMMAND --help` prints the same."
    yield ""
    for command in COMMANDS:
        yield from _commands(command.load(), f"fivefifty {command.name}")


def _commands(command: Any, name: str) -> Iterator[str]:
    below = getattr(command, "commands", None)
    if below is None:
        yield from _one(command, name)
        return
    if command.invoke_without_command:
        yield from _one(command, name)
    for each in below:
        yield from _commands(below[each], f"{name} {each}")


def _one(command: Any, name: str) -> Iterator[str]:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
    usage = " ".join([name, *map(_argument, arguments)])
    yield f"## `{usage}`"
    yield ""
    yield " ".join((command.help or "").split())
    yield ""
    rows = [(f"`{_argument(each)}`", _help(each)) for each in arguments]
    rows += [(f"`{_option(each)}`", _help(each)) for each in options]
    if rows:
        yield from _table(("", ""), rows)


def _argument(argument: Any) -> str:
    """Write an argument as usage lines do: in brackets if it may be left out, with dots if it may be repeated."""
    name = f"{argument.metavar or argument.name.upper()}{'...' if argument.nargs == -1 else ''}"
    return name if argument.required else f"[{name}]"


def _option(option: Any) -> str:
    """Write an option with what its value is."""
    words = " ".join((*option.opts, *option.secondary_opts))
    return f"{words} {option.metavar}" if option.metavar else words


def _help(parameter: Any) -> str:
    text = " ".join((getattr(parameter, "help", None) or "").split())
    default = parameter.default
    if parameter.param_type_name == "option" and default not in {None, False, (), ""} and not callable(default):
        shown = getattr(default, "value", default)
        text += f" (default: {shown})" if "default" not in text else ""
    return text


def scenario() -> Iterator[str]:
    """Yield every key of a scenario, table by table."""
    schema = Scenario.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    places = _places(schema, definitions)
    yield "Every key of every table, with the table headers of TOML. An unknown key is an error."
    yield "`fivefifty scenario schema` prints the JSON Schema."
    yield ""
    yield from _keys("top of the file", schema, definitions)
    for name, place in places.items():
        yield from _keys(place, definitions[name], definitions)


def _places(schema: dict[str, Any], definitions: dict[str, Any], before: str = "") -> dict[str, str]:
    """Return the TOML header of each table of a scenario, outer tables first."""
    settings = {kind.__name__ for kind in KINDS.values()}
    found: dict[str, str] = {}
    for key, each in schema["properties"].items():
        for name, is_list in _tables_in(each):
            if "properties" in definitions[name] and name not in settings:
                path = f"{before}{key}"
                found.setdefault(name, f"`[[{path}]]`" if is_list else f"`[{path}]`")
                for deeper, place in _places(definitions[name], definitions, f"{path}.").items():
                    found.setdefault(deeper, place)
    return found


def _tables_in(schema: dict[str, Any], *, is_list: bool = False) -> Iterator[tuple[str, bool]]:
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2], is_list
    for union in ("anyOf", "oneOf"):
        for each in schema.get(union, ()):
            yield from _tables_in(each, is_list=is_list)
    if isinstance(schema.get("items"), dict):
        yield from _tables_in(schema["items"], is_list=True)


def _keys(
    name: str, schema: dict[str, Any], definitions: dict[str, Any], *, leave: frozenset[str] = frozenset()
) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    if schema.get("description"):
        yield " ".join(schema["description"].replace("``", "`").split())
        yield ""
    required = set(schema.get("required", ()))
    rows = []
    for key, each in schema["properties"].items():
        if key in leave:
            continue
        notes = [" ".join(each.get("description", "").replace("``", "`").split())]
        if key in required:
            notes.append("required")
        elif each.get("default") not in (None, [], {}, "") and not isinstance(each["default"], dict):
            notes.append(f"default `{_default(each)}`")
        rows.append((f"`{key}`", _type(each, definitions), "; ".join(filter(None, notes))))
    yield from _table(("key", "value", ""), rows)


def _default(schema: dict[str, Any]) -> str:
    """Write a default as a scenario would."""
    value = schema["default"]
    if isinstance(value, float) and "(ms|s|m|h|d)" in str(schema.get("pattern", "")):
        return _duration(value)
    if isinstance(value, (list, tuple)) and schema.get("type") == "string":
        left, right = value
        return f"{left}:{right}" if isinstance(left, str) else f"{left}/{_duration(right)}"
    return json.dumps(value) if not isinstance(value, str) else value


def _duration(value: float) -> str:
    """Write seconds as a scenario would."""
    for unit, seconds in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        if value >= seconds and value % seconds == 0:
            return f"{value / seconds:g}{unit}"
    return f"{value * 1000:g}ms" if value else "0s"


def _type(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Say in words what a key holds."""
    if "$ref" in schema:
        target = definitions[schema["$ref"].rpartition("/")[2]]
        return "a table" if "properties" in target else _type(target, definitions)
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{each}`" for each in schema.get("enum", [schema.get("const")]))
    union = [each for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())) if each.get("type") != "null"]
    if len(union) > MANY:
        return "a table, see [policies](policies.md)"
    if union:
        return " or ".join(dict.fromkeys(_type(each, definitions) for each in union))
    if schema.get("type") == "array":
        items = schema.get("items") or next(iter(schema.get("prefixItems", ({},))))
        return f"a list: {_type(items, definitions)}"
    return _plain(schema)


def _plain(schema: dict[str, Any]) -> str:
    if schema.get("examples"):
        return f'such as `"{schema["examples"][0]}"`'
    if schema.get("maximum") == 1.0:
        return "a share, 0 to 1"
    if schema.get("format") in WORDS:
        return WORDS[schema["format"]]
    return WORDS.get(schema.get("type", ""), "a value")


def policies() -> Iterator[str]:
    """Yield every policy: its causes, the stages at which it can refuse, its keys."""
    schema = Scenario.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    first = next(iter(KINDS.values()))
    shared = {
        key: each
        for key, each in definitions[first.__name__]["properties"].items()
        if all(definitions[kind.__name__]["properties"].get(key) == each for kind in KINDS.values())
    }
    yield "A `[[gateway.policy]]` names its `type`. If it leaves a setting out, the persona's number applies."
    yield ""
    yield from _keys("every policy", {"properties": shared}, definitions)
    for name, kind in KINDS.items():
        nature = kind.nature
        yield f"## {name}"
        yield ""
        module = sys.modules[kind.__module__]
        yield " ".join((module.__doc__ or "").replace("``", "`").split())
        yield ""
        stages = ", ".join(sorted(nature.stages))
        yield f"Refuses for: {', '.join(nature.causes) or 'nothing'}."
        yield f"Can refuse at: {stages}. Default: {nature.usual}."
        yield ""
        own = definitions[kind.__name__]
        yield from _rest(own, definitions, frozenset(shared) | {"type"})


def _rest(schema: dict[str, Any], definitions: dict[str, Any], leave: frozenset[str]) -> Iterator[str]:
    lines = list(_keys("", schema, definitions, leave=leave))[2:]
    yield from lines


def personas() -> Iterator[str]:
    """Yield every persona with its habit, its lies and its sources."""
    for name in persona.names():
        file = str(PERSONAS / f"{name}.toml")
        each = load_persona(file, file)
        yield f"## {name}"
        yield ""
        yield f"{each.title}. {each.habit}"
        yield ""
        yield f"Order of its policies: {', '.join(each.order)}."
        yield ""
        for lie in each.lie:
            claims = ", ".join(f"{cause} claimed as {claimed}" for cause, claimed in lie.claims.items())
            words = "".join(f" In these words: `{reply}`." for reply in lie.words.values())
            yield f"- lie `{lie.name}`: {claims}. {lie.note}{words} ({lie.source})"
        if each.lie:
            yield ""
        yield f"Sources: {'; '.join(each.sources)}."
        yield ""


def causes() -> Iterator[str]:
    """Yield every cause, whose fault it is, and what the sender should do."""
    yield from _table(
        ("cause", "fault", "what the sender should do"),
        [(f"`{cause}`", cause.fault.value, cause.remedy.value) for cause in Cause],
    )


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def measured() -> dict[str, list[str]]:
    """Return the tables of diagnose's accuracy by the name of their block, in README.md and docs/diagnose.md."""
    figures = json.loads(ACCURACY.read_text("utf-8"))
    groups = figures["groups"]
    main = [name for name in MAIN if name in groups]
    kinds = {name: each for name, each in groups.items() if name not in MAIN}
    shown = [groups[name] for name in main]
    costs = [[f"{what}: median / 95th percentile", *each] for what, *each in cost_rows(shown)]
    few = [[FIGURES[key], *(share(each[key]) for each in shown[:3])] for key in IN_README]
    return {
        "accuracy of diagnose": _figures(("", *main[:3]), [*few, costs[0][:4]]),
        "all figures of diagnose": _figures(("", *main), [*figure_rows(shown), *costs]),
        "kinds of noise": _parts(kinds),
        "true causes": _parts(figures["causes"]),
        "other verifiers": _figures(
            ("", "living called gone", "gone called living", "unknown", "recipients asked"), verifier_rows(figures)
        ),
        "mixed up": _figures(
            ("true cause, and what it was diagnosed as", "recipients", "of these, experiments could tell"),
            [
                [f"{each['true']}, as {each['diagnosed']}", str(each["recipients"]), str(each["could_be_told"])]
                for each in figures["mixed_up"][:CONFUSED]
            ],
        ),
    }


def _parts(of: dict[str, Any]) -> list[str]:
    rows = [[name, *(share(each[key]) for key in OF_PARTS), str(each["recipients"])] for name, each in of.items()]
    return _figures(("", *OF_PARTS.values(), "recipients"), rows)


def _figures(heads: tuple[str, ...], rows: Iterable[list[str]]) -> list[str]:
    """Return a table whose columns of figures are aligned at the right."""
    rule = f"|---|{'--:|' * (len(heads) - 1)}"
    return [f"| {' | '.join(heads)} |", rule, *(f"| {' | '.join(row)} |" for row in rows)]


def with_figures(text: str) -> str:
    """Return a document with its blocks of measured figures as they are now."""
    for name, lines in measured().items():
        begin, end = f"<!-- {name} -->\n", "<!-- end -->"
        before, found, rest = text.partition(begin)
        if found:
            text = f"{before}{begin}{chr(10).join(lines)}\n{end}{rest.partition(end)[2]}"
    return text


if __name__ == "__main__":
    REFERENCE.mkdir(exist_ok=True)
    try:
        written = pages()
    except InputError as error:
        sys.exit(str(error))
    for file, text in written.items():
        (REFERENCE / file).write_text(text, "utf-8")
    for document in (ROOT / "README.md", ROOT / "docs" / "diagnose.md"):
        document.write_text(with_figures(document.read_text("utf-8")), "utf-8")
