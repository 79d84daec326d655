"""The shape of the source: imports point down, rules live where they belong, no SQL is put together from strings."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Each package, and those of ours that it may import.
BELOW = {
    "organization": {"organization"},
    "personnel": {"personnel", "organization"},
    "dashboards": {"dashboards", "personnel", "organization"},
    "config": {"config", "dashboards", "personnel", "organization"},
}
FORBIDDEN_NAMES = {"services", "utils", "helpers", "managers", "common", "signals", "misc"}
# SQL that is not one literal: where, and why no input can get into it.
COMPOSED = {
    "organization/management/commands/prune_trail.py": "the names of two tables, in the code",
    "organization/protection.py": "migrations: names of tables and roles, in the code",
    "organization/scope/scope.py": "as many placeholders as settings",
    "personnel/figures/course.py": "a condition of the code in its place; what is asked for goes along as parameters",
    "personnel/figures/employment.py": "likewise",
    "personnel/figures/population.py": "likewise: conditions of the code, parameters for what is asked for",
}
RUNS_SQL = {"execute", "executemany", "raw", "extra", "RawSQL", "RunSQL", "copy_expert", "mogrify"}


def modules():
    """(path relative to the root, syntax tree) of every module of ours; migrations are generated."""
    for package in BELOW:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


MODULES = list(modules())


def imported(tree, package):
    """Packages of the first level that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (package if node.level else node.module.split(".")[0]), node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
            first = node.args[0]
            assert isinstance(first, ast.Constant), "an import that nobody can follow"
            yield first.value.split(".")[0], node.lineno


def up_imports(path, tree):
    package = path.parts[0]
    return [
        f"{path}:{line} imports {name}"
        for name, line in imported(tree, package)
        if name in {*BELOW, "tests"} and name not in BELOW[package]
    ]


def composed_sql(path, tree):
    """Calls that run SQL whose text is neither a literal, nor a constant, nor names that psycopg2.sql quotes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in RUNS_SQL and node.args and not is_fixed(node.args[0]):
            yield f"{path}:{node.lineno} {ast.unparse(node)[:80]}"


def called(node):
    return getattr(node.func, "attr", None) or getattr(node.func, "id", None)


def is_fixed(argument):
    if isinstance(argument, ast.Constant):
        return True
    if isinstance(argument, ast.Call):
        if called(argument) == "mogrify":  # only puts in the parameters
            return is_fixed(argument.args[0])
        quoted = called(argument) in {"format", "join"} and isinstance(argument.func.value, ast.Call)
        return is_fixed(argument.func.value) if quoted else called(argument) == "SQL" and is_fixed(argument.args[0])
    name = getattr(argument, "attr", None) or getattr(argument, "id", "")
    return name.isupper()


def test_imports_point_down_only():
    assert [found for path, tree in MODULES for found in up_imports(path, tree)] == []


def test_no_module_is_a_drawer_for_anything():
    found = {str(path) for path, _ in MODULES if {path.stem, *path.parts} & FORBIDDEN_NAMES}
    assert not found


def test_nothing_happens_behind_signals():
    found = [
        f"{path}:{node.lineno}"
        for path, tree in MODULES
        for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and "signals" in (node.module or ""))
        or (isinstance(node, ast.Call) and called(node) == "receiver")
        or (isinstance(node, ast.Call) and called(node) == "connect" and "signal" in ast.unparse(node.func))
    ]
    assert found == []


def test_no_sql_is_put_together_from_strings():
    found = [line for path, tree in MODULES if str(path) not in COMPOSED for line in composed_sql(path, tree)]
    assert found == []


@pytest.mark.parametrize("path", COMPOSED)
def test_every_exception_is_still_needed(path):
    assert list(composed_sql(Path(path), dict(MODULES)[Path(path)]))


@pytest.mark.parametrize(
    "line",
    [
        'cursor.execute(f"SELECT {x}")', 'cursor.execute("SELECT %s" % x)', 'cursor.execute("SELECT " + x)',
        'cursor.execute("SELECT {}".format(x))', "cursor.execute(statement)", 'Member.objects.raw(f"{x}")',
        "RawSQL(x, [])", "cursor.execute(SQL(x))",
        'cursor.execute(SQL(f"{x}").format(Identifier(y)))', 'cursor.execute("{}".format(x))',
    ],
)  # fmt: skip
def test_composed_sql_is_recognised(line):
    assert list(composed_sql(Path("x.py"), ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        'cursor.execute("SELECT %s", [x])', "cursor.execute(walls.TABLES)", "cursor.execute(QUERY, [x])",
        'cursor.execute(SQL("DROP ROLE {}").format(Identifier(x)))',
    ],
)  # fmt: skip
def test_fixed_sql_is_let_through(line):
    assert not list(composed_sql(Path("x.py"), ast.parse(line)))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("organization/a.py", "from personnel.models import Member"),
        ("organization/a.py", "def f():\n    import dashboards.views"),
        ("personnel/a.py", "from config import settings"),
        ("personnel/a.py", "from tests.factories import x"),
        ("dashboards/a.py", 'importlib.import_module("config.urls")'),
    ],
)
def test_an_import_that_points_up_is_recognised(path, line):
    assert up_imports(Path(path), ast.parse(line))
