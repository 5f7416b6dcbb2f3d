"""Imports run one way: app.py -> pages -> lessons -> mlp_core; one module alone touches the session state."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN = {
    "mlp_core": {"streamlit", "plotly", "lessons", "pages", "app", "tests"},
    "lessons": {"streamlit", "pages", "app", "tests"},
    "pages": {"app", "tests"},
}


def sources(folder: str) -> dict[str, str]:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files, f"no Python files in {folder}/"
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files}


def imported(source: str) -> set[str]:
    """Top-level names of every import statement, wherever it stands in the file."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_run_one_way(folder):
    wrong = {name: bad for name, text in sources(folder).items() if (bad := imported(text) & FORBIDDEN[folder])}
    assert not wrong


def mentions_session_state(source: str) -> bool:
    """As a name, an attribute or an import; prose may speak of it."""
    for node in ast.walk(ast.parse(source)):
        aliases = node.names if isinstance(node, ast.ImportFrom) else []
        named = [getattr(node, "id", None), getattr(node, "attr", None), *(alias.name for alias in aliases)]
        if "session_state" in named:
            return True
    return False


def test_only_one_module_touches_the_session_state():
    everything = {"app.py": (ROOT / "app.py").read_text("utf-8")}
    for folder in FORBIDDEN:
        everything |= sources(folder)
    assert [name for name, text in everything.items() if mentions_session_state(text)] == ["pages/session/state.py"]
