"""The project's own files, parsed once, for the rules of the house."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("contract", "portal", "desktop")
SPACES = {"NBSP": "\u00a0", "NNBSP": "\u202f", "NARROW": "\u202f", "NO_BREAK": "\u00a0"}
ALL = (*PRODUCT, "tests", "benchmarks")


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: `place` is its path from the root, with slashes."""

    place: str
    text: str
    tree: ast.Module


@cache
def source(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text, str(path)))


def python_files(*folders: str) -> list[Source]:
    """Every Python file under the folders, in a fixed order."""
    return [source(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def documents() -> list[Path]:
    """Every Markdown file of the project; none of the environment's or of other people's."""
    hidden = {".venv", ".git", ".demo", "node_modules"}
    return [path for path in sorted(ROOT.rglob("*.md")) if not hidden & set(path.relative_to(ROOT).parts)]


def docstrings(tree: ast.AST) -> set[int]:
    """Identities of the constants that are docstrings, also those that describe the attribute above them."""
    found = set()
    for node in ast.walk(tree):
        for statement in getattr(node, "body", []) if not isinstance(node, ast.Lambda | ast.IfExp) else []:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                found.add(id(statement.value))
    return found


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of every string that is no docstring; an f-string comes whole, each hole as the letter ▮."""
    skipped = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped.update(id(piece) for piece in ast.walk(node) if isinstance(piece, ast.Constant))
            yield node.lineno, "".join(map(piece_text, node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def piece_text(piece: ast.expr) -> str:
    """A piece of an f-string: its text, the space that a constant is named for, or ▮."""
    if isinstance(piece, ast.Constant):
        return str(piece.value)
    return SPACES.get(name_of(piece.value) if isinstance(piece, ast.FormattedValue) else "", "▮")


def name_of(node: ast.AST) -> str:
    """The last word of a name or an attribute: `instance` of `QApplication.instance`; empty for anything else."""
    return getattr(node, "attr", "") or getattr(node, "id", "")
