"""The rooms of the house: who may know whom, and what each may bring in from outside."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "cxdesk"
LINT = Path(sys.executable).with_name("lint-imports")

# What each room may import from outside the standard library.
OUTSIDE = {
    "cli": {"typer", "tzdata"},
    "domain": {"dateutil"},
    "formats": {"holidays"},
    "mail": {"keyring"},
    "store": {"alembic", "sqlalchemy", "sqlmodel"},
    "views": {"rich"},
}
# What the rules may take from the standard library: nothing that knows the time or the machine.
PURE = {
    "__future__",
    "collections",
    "datetime",
    "itertools",
    "operator",
    "typing",
    "unicodedata",
    "zlib",
    "zoneinfo",
}
WORLDLY = {"now", "utcnow", "today", "open", "input", "print"}

BREACHES = [
    ("domain/records.py", "import cxdesk.store.database", "Each room knows only those under it"),
    ("store/deeds.py", "import cxdesk.desk.hours", "Each room knows only those under it"),
    ("desk/hours.py", "import cxdesk.views.due", "Each room knows only those under it"),
    ("mail/wire.py", "import cxdesk.formats.tables", "Each room knows only those under it"),
    ("desk/hours.py", "import cxdesk.cli.places", "Each room knows only those under it"),
    ("newcomer.py", "", "Each room knows only those under it"),
    ("views/due.py", "import cxdesk.store.agenda", "Only desk and cli know the store"),
    ("desk/hours.py", "import cxdesk.config", "Only cli reads the configuration"),
    ("desk/hours.py", "import sqlite3", "Only the store knows SQL"),
    ("cli/places.py", "import sqlmodel", "Only the store knows SQL"),
    ("cli/places.py", "import alembic", "Only the store knows Alembic"),
    ("cli/places.py", "from rich.text import Text", "Only views knows Rich"),
    ("views/due.py", "import typer", "Only cli knows Typer"),
    ("domain/hours.py", "if TYPE_CHECKING:\n    import cxdesk.store.database", "Each room"),
]


def modules(room: str = "") -> list[Path]:
    return sorted((SOURCE / room).rglob("*.py"))


def room_of(module: Path) -> str:
    return module.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(module: Path) -> set[str]:
    """The outermost names of what a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def is_for_checkers(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


class TestContracts:
    def test_they_hold(self) -> None:
        done = lint(SOURCE.parent)

        assert done.returncode == 0, done.stdout

    @pytest.mark.parametrize("module, line, broken", BREACHES)
    def test_a_breach_is_found(self, tmp_path: Path, module: str, line: str, broken: str) -> None:
        shutil.copytree(SOURCE, tmp_path / "cxdesk", ignore=shutil.ignore_patterns("__pycache__"))
        with (tmp_path / "cxdesk" / module).open("a") as file:
            file.write(f"\n{line}\n")

        done = lint(tmp_path)

        assert done.returncode == 1
        assert any(
            said.startswith(broken) and "BROKEN" in said for said in done.stdout.splitlines()
        ), done.stdout


class TestOutside:
    @pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
    def test_a_room_brings_in_what_is_written_here(self, module: Path) -> None:
        foreign = imported(module) - sys.stdlib_module_names - {"cxdesk"}

        assert foreign <= OUTSIDE.get(room_of(module), set())


class TestConfiguration:
    @pytest.mark.parametrize("module", modules("mail"), ids=lambda path: path.stem)
    def test_mail_knows_its_shapes_as_types_only(self, module: Path) -> None:
        tree = ast.parse(module.read_text())
        tree.body = [node for node in tree.body if not is_for_checkers(node)]

        assert "cxdesk.config" not in ast.unparse(tree)


class TestDomain:
    @pytest.mark.parametrize(
        "module", sorted((SOURCE / "domain").glob("*.py")), ids=lambda p: p.stem
    )
    def test_it_is_pure(self, module: Path) -> None:
        tree = ast.parse(module.read_text())
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        called = {getattr(call, "attr", getattr(call, "id", "")) for call in calls}

        assert imported(module) <= PURE | {"cxdesk", "dateutil"}
        assert not called & WORLDLY

    def test_dateutil_waits_inside_functions(self) -> None:
        eager = [
            module.name
            for module in modules()
            for node in ast.parse(module.read_text()).body
            if isinstance(node, ast.Import | ast.ImportFrom) and "dateutil" in ast.unparse(node)
        ]

        assert not eager
