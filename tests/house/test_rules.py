"""The rules of the house hold everywhere, and each is known to be able to fail."""

import ast

import pytest

from tests.house import rules
from tests.house.rules import Rule
from tests.house.sources import ALL, PRODUCT, ROOT, python_files

pytestmark = pytest.mark.xdist_group("rules of the house")
"""Together, so that each file is parsed once."""

TEST_LINES = 600
"""Tests of one thing stay together, as long as they can be read in one go."""

RULES = (
    Rule(
        "no lambda is connected in a loop",
        rules.lambdas_connected_in_loops,
        ("desktop",),
        bad=("for b in bs:\n    b.clicked.connect(lambda: go(b))",),
        good=("b.clicked.connect(lambda: go(b))", "for b in bs:\n    b.clicked.connect(b.go)"),
    ),
    Rule(
        "message boxes are opened in one place",
        rules.message_boxes,
        ("desktop",),
        bad=("from PySide6.QtWidgets import QMessageBox", "QtWidgets.QMessageBox.warning(None, 'a', 'b')"),
        good=("from PySide6.QtWidgets import QWidget",),
        but=("desktop/views/notices.py",),
    ),
    Rule(
        "nobody looks the application up",
        rules.application_looked_up,
        ("desktop",),
        bad=("QApplication.instance()", "QtCore.QCoreApplication.instance().quit()", "qApp.quit()"),
        good=("self.instance()",),
    ),
    Rule(
        "SQL is written in the services and the portal only",
        rules.sql_text,
        ("desktop", "contract"),
        bad=("x = 'SELECT a FROM b'", "x = 'delete from b'", "x = f'insert into {B} values (?)'", "x = 'pragma key'"),
        good=("x = 'Select a theme'", "'''select a from b'''", "x = 'À envoyer'"),
        but=("desktop/services/",),
    ),
    Rule(
        "no value is written into SQL",
        rules.values_in_sql,
        PRODUCT,
        bad=(
            "x = f'select a from b where c = {value}'",
            "x = f\"select a from b where c like '{value}'\"",
            "x = 'select a from b where c = %s' % value",
            "x = 'select a from b where c = {}'.format(value)",
        ),
        good=(
            "x = f'select a from b where c in ({marks})'",
            "x = f'select {columns} from b where c = ?'",
            "x = f'select a from b where c = {STATE}'",
        ),
    ),
    Rule(
        "modules keep no state",
        rules.module_state,
        (*PRODUCT, "benchmarks"),
        bad=(
            "seen = []",
            "CACHE = {}\ndef f(k):\n    CACHE[k] = 1",
            "CACHE: dict = {}\ndef f(k):\n    CACHE.setdefault(k, 1)",
            "def f():\n    global x\n    x = 1",
        ),
        good=("KINDS = {'a': 1}\ndef f():\n    return KINDS['a']", "def f():\n    seen = []\n    seen.append(1)"),
    ),
    Rule(
        "no layout is asked for its items",
        rules.layout_items,
        ("desktop",),
        bad=("part.layout().itemAt(0).widget()",),
        good=("part.layout().indexOf(widget)", "def itemAt(self, index): return self._items[index]"),
    ),
    Rule(
        "a tooltip is never markup",
        rules.raw_tooltips,
        ("desktop",),
        bad=("x.setToolTip(name)", "x.setToolTip(f'{name} (Suppr)')", "x.setToolTip(y.tip())\nx.setToolTip(y.text())"),
        good=("x.setToolTip('Envoyer (Ctrl+Entrée)')", "x.setToolTip(wording.tip(name))"),
    ),
    Rule(
        "functions fit on a screen",
        rules.long_functions,
        ALL,
        bad=("def f():\n" + "    x = 1\n" * 41,),
        good=("def f():\n" + "    x = 1\n" * 40, "def f():\n    '''" + "\n" * 60 + "    '''\n    return 1"),
        but=("portal/migrations/", "tests/"),
    ),
    Rule(
        "nothing is named for being of use",
        rules.family_names,
        ALL,
        bad=("class DraftManager: ...", "class Helpers: ..."),
        good=("class Drafts: ...",),
    ),
    Rule(
        "nothing about people goes into a log",
        rules.secrets_logged,
        ("desktop", "contract", "portal"),
        bad=("log.info('signed in', token)", "self._log.warning(f'{person.last_name}')", "print(message.text)"),
        good=("log.info('%d wishes', count)", "math.log(text)"),
        but=("portal/__main__.py", "portal/adviser.py"),
    ),
    Rule(
        "signals carry no data",
        rules.data_in_signals,
        ("desktop",),
        bad=("done = Signal(object)", "done = Signal(str, dict)"),
        good=("done = Signal()", "opened = Signal(str)", "rung = Signal(frozenset)"),
    ),
    Rule(
        "nothing is left undone",
        rules.left_undone,
        (*PRODUCT, "benchmarks"),
        bad=("def f():\n    raise NotImplementedError", "class A:\n    def f(self) -> None: ..."),
        good=("class A(Protocol):\n    def f(self) -> None: ...", "def f():\n    return 1"),
    ),
    Rule(
        "tests wait on conditions and talk to the real thing",
        rules.waits,
        ("tests",),
        bad=("time.sleep(1)", "qtbot.wait(10)", "from unittest.mock import patch", "QTest.qWait(5)"),
        good=("qtbot.waitUntil(f)", "time.monotonic()"),
    ),
    Rule(
        "a skipped test names what the machine lacks",
        rules.silent_skips,
        ("tests",),
        bad=("pytest.skip('later')", "x = pytest.mark.skipif(True, reason='flaky')"),
        good=("pytest.skip('PostgreSQL is not installed')",),
    ),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_can_fail(rule: Rule) -> None:
    assert [snippet for snippet in rule.bad if not list(rule.find(ast.parse(snippet)))] == []
    assert [snippet for snippet in rule.good if list(rule.find(ast.parse(snippet)))] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_holds(rule: Rule) -> None:
    broken = [
        f"{each.place}:{line}"
        for each in python_files(*rule.folders)
        if not each.place.startswith((*rule.but, "tests/house/"))
        for line in sorted(set(rule.find(each.tree)))
    ]
    assert broken == []


def test_one_door_leads_outside() -> None:
    doors = {each.place for each in python_files("desktop") if list(rules.doors_outside(each.tree))}
    assert len(doors) <= 1, f"QDesktopServices.openUrl is called in {sorted(doors)}"
    assert list(rules.doors_outside(ast.parse("QDesktopServices.openUrl(url)")))


def test_files_stay_small() -> None:
    sizes = {each.place: each.text.count("\n") for each in python_files(*ALL)}
    sizes["run.py"] = (ROOT / "run.py").read_text(encoding="utf-8").count("\n")
    for path in [*ROOT.glob("desktop/**/*.sql"), *ROOT.glob("resources/**/*.qss")]:
        sizes[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8").count("\n")
    too_long = {
        place: size for place, size in sizes.items() if size > (TEST_LINES if place.startswith("tests/") else 400)
    }
    assert too_long == {}


def test_every_file_is_named_by_a_noun() -> None:
    places = [each.place for each in python_files(*ALL)]
    assert [
        place for place in places if any(rules.FAMILY.search(part.removesuffix(".py")) for part in place.split("/"))
    ] == []
    assert rules.FAMILY.search("utils")
    assert not rules.FAMILY.search("composer")


def test_no_note_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")
    broken = [each.place for each in python_files(*ALL) if any(f"# {mark}" in each.text for mark in marks)]
    assert broken == []
