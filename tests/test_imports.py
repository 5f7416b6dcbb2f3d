"""Imports run one way, from app.py down to mlp_core and between the rooms of each; sessions are the business of one folder."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN = {
    "mlp_core": {"streamlit", "plotly", "lessons", "pages", "app", "tests"},
    "lessons": {"streamlit", "pages", "app", "tests"},
    "pages": {"app", "tests"},
}
# A room may import those that stand before it.
ORDER = {
    "lessons": (
        "i18n", "locale", "content", "glossary", "palette", "style", "problem", "answers", "queue", "worked", "example",
        "drawing", "walk", "misconceptions", "practice", "course", "desk", "lab", "notes", "sheets", "exports",
    ),
    "pages": ("places", "serving", "drawn", "session", "parts", "walk", "learn", "teach", "router"),
}  # fmt: skip
MOST_FILES = 15


def sources(folder: str) -> dict[str, str]:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files, f"no Python files in {folder}/"
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files}


def imported(name: str, source: str) -> set[str]:
    """The full names of all that a file imports, wherever in it, but not for the type checker alone; of a name out of a
    module of ours, the module."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            around = name.split("/")[: -node.level] if node.level else []
            base = [*around, *(node.module.split(".") if node.module else [])]
            for alias in node.names:
                path = ROOT.joinpath(*base, alias.name)
                is_module = path.is_dir() or path.with_suffix(".py").exists()
                names.add(".".join([*base, alias.name] if is_module else base))
    return names


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_run_one_way(folder):
    tops = {name: {each.split(".")[0] for each in imported(name, text)} for name, text in sources(folder).items()}
    assert not {name: bad for name, found in tops.items() if (bad := found & FORBIDDEN[folder])}


@pytest.mark.parametrize("folder", ORDER)
def test_a_room_imports_only_rooms_before_it(folder):
    order, wrong = ORDER[folder], []
    rooms = {path.stem for path in (ROOT / folder).iterdir() if path.suffix == ".py" or any(path.glob("*.py"))}
    assert rooms - {"__init__"} == set(order), "the order names the rooms there are"
    for name, text in sources(folder).items():
        room = name.split("/")[1].removesuffix(".py")
        for each in imported(name, text):
            top, _, rest = each.partition(".")
            other = rest.split(".")[0]
            if room != "__init__" and top == folder and order.index(other) > order.index(room):
                wrong.append(f"{name} imports {each}")
    assert not wrong


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_no_two_files_import_each_other(folder):
    def module(name: str) -> str:
        return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    found = sources(folder)
    TopologicalSorter({module(name): imported(name, text) - {module(name)} for name, text in found.items()}).prepare()


@pytest.mark.parametrize("top", [*FORBIDDEN, "tests", "benchmarks"])
def test_no_folder_holds_more_than_one_can_survey(top):
    count: dict[Path, int] = {}
    for path in (ROOT / top).rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts and path.name != "__init__.py":
            count[path.parent] = count.get(path.parent, 0) + 1
    assert not {folder: n for folder, n in count.items() if n > MOST_FILES}


def mentions_session_state(source: str) -> bool:
    """As a name, an attribute or an import; prose may speak of it."""
    for node in ast.walk(ast.parse(source)):
        aliases = node.names if isinstance(node, ast.ImportFrom) else []
        named = [getattr(node, "id", None), getattr(node, "attr", None), *(alias.name for alias in aliases)]
        if "session_state" in named:
            return True
    return False


def test_only_one_folder_touches_the_session_state():
    everything = {"app.py": (ROOT / "app.py").read_text("utf-8")}
    for folder in FORBIDDEN:
        everything |= sources(folder)
    assert {name.rpartition("/")[0] for name, text in everything.items() if mentions_session_state(text)} == {"pages/session"}
