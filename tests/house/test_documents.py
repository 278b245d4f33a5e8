"""What the documents promise is there, and they name nothing that a reader does not have."""

import re

import pytest

import run
from tests.house.sources import ROOT, documents

REGISTRIES = re.compile(
    r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs|npmjs\.(?:com|org)|deb\.debian|debian\.org/debian|crates\.io|"
    r"proxy\.golang|repo1?\.maven|anaconda\.org|conda\.io)",
    re.IGNORECASE,
)
WORKPLACE = re.compile(
    r"/work/|\bshared/|issues show|\bsub-?agent|\bthe brief\b|\bAI (?:session|model)|language model|\bCEO\b|/tmp/",
    re.IGNORECASE,
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
WRITTEN = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "GLOSSARY.md")


@pytest.mark.parametrize("pattern", [REGISTRIES, WORKPLACE], ids=["registries", "workplace"])
def test_no_document_names_what_is_not_the_readers(pattern: re.Pattern[str]) -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in documents()
        if (found := pattern.search(path.read_text(encoding="utf-8")))
    ]
    assert broken == []
    assert REGISTRIES.search("from pypi.org")
    assert WORKPLACE.search("see /work/main")


def test_the_documents_are_there() -> None:
    assert [name for name in WRITTEN if len((ROOT / name).read_text(encoding="utf-8")) < 500] == []
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in (ROOT / "LICENCE").read_text(encoding="utf-8")
    assert len(list((ROOT / "docs" / "decisions").glob("[0-9][0-9][0-9][0-9]-*.md"))) >= 10


def test_links_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in documents()
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if not re.match(r"https?:|mailto:", target) and not (path.parent / target).exists()
    ]
    assert broken == []
    assert LINK.findall("see [this](docs/a.md#b) and ![that](c.png)") == ["docs/a.md", "c.png"]


def test_the_commands_exist() -> None:
    """Every `run.py VERB` of the documents is a verb, every path to a module a module."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in documents())
    verbs = set(re.findall(r"python3? run\.py ([a-z]+)", text))
    assert verbs - set(run.VERBS) == set()
    assert {"test", "setup", "portal", "bench"} <= verbs
    modules = set(re.findall(r"python3? -m ((?:tests|benchmarks|portal|desktop)[\w.]*)", text))
    places = [ROOT / module.replace(".", "/") for module in modules]
    assert [place for place in places if not (place.with_suffix(".py").exists() or place.is_dir())] == []


def test_every_verb_is_told() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [verb for verb in run.VERBS if verb != "demo" and f"run.py {verb}" not in readme] == []
    assert [verb for verb in run.VERBS if not re.search(rf"\b{verb}\b", run.USAGE)] == []
