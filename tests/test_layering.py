"""Imports point downwards only, and siblings never import each other: docs/design.md, Layout."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "compiler" / "pullback"
LAYERS = [
    {"records"},
    {"errors", "callables", "supported"},
    {"ir"},
    {"primitives"},
    {"analysis"},
    {"frontend", "autodiff", "passes", "emit"},
    {"pipeline", "annotations", "signature"},
    {"compilation", "overlaps"},
    {"specialize"},
    {"verify"},
    {"api", "rules"},
    {"cli", "report"},
]
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
FRONTEND = ["syntax", "abstract", "base", "joins", "operations", "structures", "calls", "control"]
FILES = sorted(p for p in ROOT.rglob("*.py") if p != ROOT / "__init__.py")
THIRD_PARTY = {
    "numpy": None,
    "pullback_runtime": {"primitives", "emit"},
    "sympy": {"primitives/formulas.py", "verify/symbolic.py"},
    "mpmath": {"verify/symbolic.py"},
    "astor": {"emit/printing.py"},
    "optree": None,
    "click": {"cli.py"},
    "rich": {"cli.py", "verify"},
}


def imports(path: Path) -> set[str]:
    """Every module that a file imports, also inside functions, but for type checking."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = [n for n in tree.body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    skipped = {id(inner) for block in for_types for inner in ast.walk(block)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            module = node.module or ""
            found |= {f"{module}.{a.name}" for a in node.names} if module == "pullback" else {module}
    return found


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_downwards(path):
    room = room_of(path)
    for name in imports(path):
        if not name.startswith("pullback.") or name.split(".")[1] == room:
            continue
        target = name.split(".")[1]
        assert target in LEVEL, f"{target} has no place in the layers"
        assert LEVEL[target] < LEVEL[room], f"{path.relative_to(ROOT)} imports {name}"


@pytest.mark.parametrize("path", sorted((ROOT / "frontend").glob("*/*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_rooms_of_the_frontend_point_one_way_too(path):
    room = path.parent.name
    for name in imports(path):
        if name.startswith("pullback.frontend."):
            target = name.split(".")[2]
            assert FRONTEND.index(target) <= FRONTEND.index(room), f"{path.relative_to(ROOT)} imports {name}"


def test_mechanism_of_primitives_does_not_know_the_families():
    for path in (ROOT / "primitives").glob("*.py"):
        known = {name for name in imports(path) if name.startswith("pullback.primitives.families")}
        assert not known or path.stem in {"tables", "formulas"}, f"{path.relative_to(ROOT)} imports {sorted(known)}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_third_party_modules_stay_in_their_room(path):
    where = str(path.relative_to(ROOT))
    for name in imports(path):
        rooms = THIRD_PARTY.get(name.split(".")[0])
        if rooms is not None:
            assert where in rooms or room_of(path) in rooms, f"{where} imports {name}"


def test_only_the_tables_of_scipy_import_scipy():
    importers = {p.relative_to(ROOT).parts[:2] for p in FILES if any(n.split(".")[0] == "scipy" for n in imports(p))}
    assert importers <= {("primitives", "scipy")}


def test_generated_code_needs_numpy_only():
    runtime = ROOT.parents[1] / "runtime" / "pullback_runtime"
    names = {name.split(".")[0] for path in runtime.rglob("*.py") for name in imports(path)}
    assert names <= {"__future__", "numpy", "collections", "math", "typing", "pullback_runtime"}
