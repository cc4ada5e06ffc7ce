"""Importing the user's objects by ``package.module:attribute``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from probe.classify.external.object_import import import_object, is_object_name
from probe.input_error import InputError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for modules; ``sys.path`` and ``sys.modules`` are as before afterwards."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return tmp_path


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("module:name", True),
        ("a.b:c.d", True),
        ("module", False),
        ("module:", False),
        (":name", False),
        ("a:b c", False),
    ],
)
def test_a_name_is_a_module_and_an_attribute(text: str, *, named: bool) -> None:
    assert is_object_name(text) == named


def test_an_attribute_of_an_attribute_is_found_in_a_module_of_the_folder(folder: Path) -> None:
    (folder / "own_objects.py").write_text("class Named:\n    number = 7\n", "utf-8")
    assert import_object("own_objects:Named.number", "--policy x", folder) == 7


def test_a_file_of_the_folder_does_not_hide_a_module_of_python(folder: Path) -> None:
    (folder / "colorsys.py").write_text("rgb_to_hsv = 'mine'\n", "utf-8")
    sys.modules.pop("colorsys", None)
    assert callable(import_object("colorsys:rgb_to_hsv", "--policy x", folder))


def test_an_import_that_fails_is_one_sentence_with_the_place(folder: Path) -> None:
    (folder / "broken_objects.py").write_text("raise SystemExit('no\\nway')\n", "utf-8")
    with pytest.raises(InputError) as caught:
        import_object("broken_objects:x", "--policy x", folder)
    assert str(caught.value) == (
        "--policy x: cannot be imported (SystemExit: no way); correct the name or the module, "
        f"which is looked for among installed packages, then in {folder}"
    )
