"""The floors and rooms of `pyproject.toml` are kept, and a file without a room is refused."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

LINT = Path(sys.executable).with_name("lint-imports.exe" if sys.platform == "win32" else "lint-imports")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(LINT), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder)}
    )


def test_the_import_rule_is_kept() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("place", "text", "said"),
    [
        ("desktop/services/shelves.py", '"""A file without a room."""\n', "shelves"),
        ("desktop/services/problems.py", "from PySide6 import QtCore\n", "Services know no Qt BROKEN"),
        ("desktop/services/contact.py", "from desktop.services import portfolio\n", "Rooms of the services BROKEN"),
        ("contract/wire.py", "import portal\n", "The contract depends on nobody BROKEN"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, place: str, text: str, said: str) -> None:
    for name in ("contract", "desktop", "portal"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    target = tmp_path / place
    if not target.exists() and target.with_suffix("").is_dir():
        target = target.with_suffix("") / "__init__.py"
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    target.write_text(before + text, encoding="utf-8")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert said in done.stdout + done.stderr
