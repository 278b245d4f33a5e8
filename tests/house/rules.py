"""The rules that neither imports nor the linter can say. Each is a function from a tree to the lines that break it."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.house.sources import name_of, strings

SQL = re.compile(
    r"^\s*(?:select\s.+\sfrom\s|select\s+(?:count|max|min|sum|1)\b|insert\s+(?:or\s+\w+\s+)?into\s|update\s+\w+\s+set\s|"
    r"delete\s+from\s|create\s+(?:temp\s+|virtual\s+|unique\s+)?(?:table|view|index|trigger)\s|drop\s+\w+\s|"
    r"alter\s+table\s|pragma\s+\w|with\s+\w+\s+as\s*\(|begin\s+immediate)",
    re.IGNORECASE | re.DOTALL,
)
VALUE_BEFORE_HOLE = re.compile(r"(?:=|<|>|\blike|\bmatch|\bglob|')\s*$", re.IGNORECASE)
SENSITIVE = re.compile(
    r"token|access|refresh|password|secret|device|\bkey\b|text|subject|body|content|fields|email|_name\b|\bname\b|\bnir\b|employee|draft",
    re.IGNORECASE,
)
LOG_METHODS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
MUTATORS = frozenset(
    {"append", "add", "update", "pop", "setdefault", "clear", "extend", "insert", "remove", "discard", "popitem"}
)
FAMILY = re.compile(r"(?:util|helper|common|misc|manager|controller|handler_base|stuff)s?$", re.IGNORECASE)

Find = Callable[[ast.Module], Iterator[int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`bad` and `good` are snippets that show the rule at work: it must catch each of the first, none of the second."""

    name: str
    find: Find
    folders: tuple[str, ...]
    bad: tuple[str, ...]
    good: tuple[str, ...]
    but: tuple[str, ...] = ()
    """Prefixes of the places where it does not hold."""


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def lambdas_connected_in_loops(tree: ast.Module) -> Iterator[int]:
    """A lambda sees the last value of a loop's variable, and keeps whatever it names alive."""
    for loop in ast.walk(tree):
        if isinstance(loop, ast.For | ast.While | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            for call in calls(loop):
                if name_of(call.func) == "connect" and any(isinstance(each, ast.Lambda) for each in call.args):
                    yield call.lineno


def message_boxes(tree: ast.Module) -> Iterator[int]:
    yield from (
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name | ast.Attribute) and name_of(node) == "QMessageBox")
        or (isinstance(node, ast.ImportFrom) and any(each.name == "QMessageBox" for each in node.names))
    )


def application_looked_up(tree: ast.Module) -> Iterator[int]:
    for call in calls(tree):
        function = call.func
        if (
            isinstance(function, ast.Attribute)
            and function.attr == "instance"
            and name_of(function.value).endswith("Application")
        ):
            yield call.lineno
    yield from (node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "qApp")


def sql_text(tree: ast.Module) -> Iterator[int]:
    yield from (line for line, text in strings(tree) if SQL.search(text))


def values_in_sql(tree: ast.Module) -> Iterator[int]:
    """A value belongs behind a `?`. Columns and lists of marks may be put together; `pragma` takes no marks."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            before = ""
            whole = "".join(str(piece.value) if isinstance(piece, ast.Constant) else "x" for piece in node.values)
            for piece in node.values if SQL.search(whole) and not whole.lstrip().lower().startswith("pragma") else []:
                if (
                    isinstance(piece, ast.FormattedValue)
                    and VALUE_BEFORE_HOLE.search(before)
                    and not is_constant(piece)
                ):
                    yield node.lineno
                before = str(piece.value) if isinstance(piece, ast.Constant) else ""
        elif (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and is_sql(node.left)) or (
            isinstance(node, ast.Call) and name_of(node.func) == "format" and is_sql(getattr(node.func, "value", node))
        ):
            yield node.lineno


def is_formatted_sql(node: ast.AST) -> bool:
    """`'select …' % value` and `'select …'.format(value)`."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod) and is_sql(node.left)
    return isinstance(node, ast.Call) and name_of(node.func) == "format" and is_sql(getattr(node.func, "value", node))


def is_constant(hole: ast.FormattedValue) -> bool:
    return name_of(hole.value).lstrip("_").isupper()


def is_sql(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(SQL.search(node.value))


def module_state(tree: ast.Module) -> Iterator[int]:
    """Mutable things at the module's level that are no constants, or that a function changes; `global`."""
    names = set()
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and is_mutable(value):
            for target in targets:
                name = name_of(target) if target is not None else ""
                names.add(name)
                if not name.lstrip("_").isupper() and not name.startswith("__") and name != "pytestmark":
                    yield statement.lineno
    yield from (node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from changes_to(function, names)


def is_mutable(value: ast.AST | None) -> bool:
    made = isinstance(value, ast.Call) and name_of(value.func) in {
        "list",
        "dict",
        "set",
        "defaultdict",
        "deque",
        "Counter",
    }
    return made or isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp)


def changes_to(function: ast.AST, names: set[str]) -> Iterator[int]:
    for node in ast.walk(function):
        stored = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
        mutated = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS
        owner = node.value if stored else node.func.value if mutated else None
        if isinstance(owner, ast.Name) and owner.id in names:
            yield node.lineno


def long_functions(tree: ast.Module) -> Iterator[int]:
    """More than 40 lines from the first statement after the docstring to the last; those inside count by themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
            inner = sum(
                (each.end_lineno or 0) - each.lineno + 1
                for each in body
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            )
            if body and (body[-1].end_lineno or 0) - body[0].lineno + 1 - inner > 40:
                yield node.lineno


def doors_outside(tree: ast.Module) -> Iterator[int]:
    """`QDesktopServices.openUrl` starts whatever the system associates with what it is given."""
    yield from (call.lineno for call in calls(tree) if name_of(call.func) == "openUrl")


def raw_tooltips(tree: ast.Module) -> Iterator[int]:
    """Qt takes whatever looks like HTML for HTML: words that are not ours to the letter go through `wording.tip`."""
    for call in calls(tree):
        if name_of(call.func) == "setToolTip" and call.args and not isinstance(call.args[0], ast.Constant):
            word = call.args[0]
            if not isinstance(word, ast.Call) or name_of(word.func) != "tip":
                yield call.lineno


def layout_items(tree: ast.Module) -> Iterator[int]:
    """`layout.itemAt(place)`, which leaves a wrapper of an item that Qt deletes."""
    yield from (call.lineno for call in calls(tree) if name_of(call.func) == "itemAt")


def family_names(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and FAMILY.search(node.name):
            yield node.lineno


def secrets_logged(tree: ast.Module) -> Iterator[int]:
    """Whoever logs may name identifiers, counts and kinds; nothing that a person wrote, is called or signs in with."""
    for call in calls(tree):
        logs = (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in LOG_METHODS
            and "log" in name_of(call.func.value).lower()
        )
        if logs or name_of(call.func) == "print":
            used = (name_of(node) for argument in call.args for node in ast.walk(argument))
            if any(SENSITIVE.search(name) for name in used if name):
                yield call.lineno


def data_in_signals(tree: ast.Module) -> Iterator[int]:
    """A signal says that something happened, at most to which identifier; whoever hears it reads again."""
    plain = {"str", "int", "bool", "float", "frozenset"}
    for call in calls(tree):
        if name_of(call.func) == "Signal" and any(name_of(each) not in plain for each in call.args):
            yield call.lineno


def left_undone(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and "NotImplementedError" in {name_of(each) for each in ast.walk(node)}:
            yield node.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_sketch(node) and not is_declaration(node):
            promised = any("Protocol" in name_of(base) for base in bases(tree, node))
            yield from () if promised else (node.lineno,)


def is_sketch(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Its body ends with `...`. One with nothing but a docstring does nothing on purpose, and says why."""
    last = function.body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant) and last.value.value is ...


def bases(tree: ast.Module, function: ast.AST) -> list[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and function in node.body:
            return node.bases
    return []


def is_declaration(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    marks = {name_of(mark) for mark in function.decorator_list}
    return bool(marks & {"overload", "abstractmethod", "fixture"})


def waits(tree: ast.Module) -> Iterator[int]:
    """A test waits on a condition, never for a while; and it talks to the real thing."""
    for call in calls(tree):
        function = call.func
        if isinstance(function, ast.Attribute):
            owner = name_of(function.value)
            if (owner, function.attr) in {
                ("time", "sleep"),
                ("qtbot", "wait"),
                ("QTest", "qWait"),
                ("QTest", "qSleep"),
            }:
                yield call.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import) and "mock" in (
            getattr(node, "module", "") or node.names[0].name
        ):
            yield node.lineno


def silent_skips(tree: ast.Module) -> Iterator[int]:
    """Only what the machine lacks may be skipped, and it must be named."""
    for call in calls(tree):
        if name_of(call.func) in {"skip", "skipif", "importorskip", "xfail"} and "pytest" in ast.unparse(call.func):
            said = " ".join(text for _, text in strings(call))
            if not re.search(r"PostgreSQL|Secret Service|Windows|macOS|POSIX|not installed", said):
                yield call.lineno
