"""Finds where a module can be spoilt, and spoils one place of it in the running process.

A mutant is one small change of the syntax tree, or of an SQL statement that the module holds. In
functions it is planted by giving them new code, so that whoever has imported them already runs
it; a constant of the module is put in place of the old one wherever that is known by its name.
What was worked out before with either of them, and kept, is worked out anew.
"""

import ast
import gc
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from tests.mutants.changes import changes_of

ROOT = Path(__file__).resolve().parent.parent.parent
# Names of types and of sizes: with another batch the same comes out.
NO_VALUES = {"logger", "N", "T", "M", "BATCH", "SPREAD_BATCH"}


@dataclass(frozen=True)
class Mutant:
    """``number`` is the place among all that the module has, in order."""

    path: str
    number: int
    line: int
    # The functions that run it, by name and first line: one that is changed, or those that name
    # the constant.
    users: tuple[tuple[str, int], ...]
    constant: str
    words: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.words}"


class Unreadable(Exception):
    """The module breaks off while it is read."""


@dataclass(frozen=True)
class _Spot:
    line: int
    function: ast.AST | None
    statement: ast.stmt
    words: str
    change: Callable[[], None]


def mutants_of(path: str) -> list[Mutant]:
    """Return all mutants of a module, which is named by its path."""
    tree = ast.parse((ROOT / path).read_text())
    names = _code_names(path, tree)
    found = []
    for number, place in enumerate(_spots(tree)):
        function = names[place.function] if place.function is not None else None
        constant = "" if function else _target(place.statement)
        if function or constant:
            if function:
                users = (function, *_users_of_what_it_makes(tree, function[0], names))
            else:
                users = _naming(constant, names)
            found.append(Mutant(path, number, place.line, users, constant, place.words))
    return found


def plant(mutant: Mutant) -> None:
    """Let this process run the mutant."""
    path = ROOT / mutant.path
    tree = ast.parse(path.read_text())
    list(_spots(tree))[mutant.number].change()
    ast.fix_missing_locations(tree)
    changed = mutant.constant
    if not changed:
        _replace_code(path, tree)
        changed = mutant.users[0][0]
    _work_out(mutant.path, tree, changed)
    forget()


def forget() -> None:
    """Let everything of ours that keeps its answers forget them."""
    gc.unfreeze()
    for cached in [k for k in gc.get_objects() if type(k) is _lru_cache_wrapper]:
        if _is_ours(Path(cached.__wrapped__.__code__.co_filename)):
            cached.cache_clear()


# Which functions were called since somebody looked: path, name, first line.
CALLED: set[tuple[str, str, int]] = set()


def note_calls(path: str) -> None:
    """Let the functions of a module write down in ``CALLED`` that they are called."""
    tree = ast.parse((ROOT / path).read_text())
    for function, (name, line) in _code_names(path, tree).items():
        call = f"__import__({__name__!r}, fromlist=['CALLED']).CALLED.add({(path, name, line)})"
        function.body.insert(0, *ast.parse(call).body)  # type: ignore[attr-defined]
    ast.fix_missing_locations(tree)
    _replace_code(ROOT / path, tree)


def note_no_more(path: str) -> None:
    _replace_code(ROOT / path, ast.parse((ROOT / path).read_text()))


# -- Where


def _code_names(path: str, tree: ast.Module) -> dict[ast.AST, tuple[str, int]]:
    """Return by function, as its code knows them, qualified name and first line."""
    found: dict[ast.AST, tuple[str, int]] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = prefix
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{prefix}{child.name}."
            if isinstance(child, ast.FunctionDef):
                first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
                found[child] = (inner[:-1], first)
                inner += "<locals>."
            visit(child, inner)

    visit(tree, "")
    return found


def _naming(constant: str, names: dict[ast.AST, tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return the functions that name a constant."""
    return tuple(names[function] for function in names if _uses(function, constant))


def _users_of_what_it_makes(
    tree: ast.Module, function: str, names: dict[ast.AST, tuple[str, int]]
) -> Iterator[tuple[str, int]]:
    """Yield who names a constant that a function has made when the module was read."""
    for statement in tree.body:
        value, constant = getattr(statement, "value", None), _target(statement)
        if constant and value is not None and _uses(value, function):
            yield from _naming(constant, names)


def _uses(node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))


def _spots(tree: ast.Module) -> Iterator[_Spot]:
    """Yield every place, in the order of the tree, with what changes it there."""

    def visit(node: ast.AST, function: ast.AST | None, top: ast.stmt | None) -> Iterator[_Spot]:
        if _is_left_alone(node):
            return
        if top is not None and not (function is None and isinstance(top, ast.ClassDef)):
            for words, change in changes_of(node):
                yield _Spot(getattr(node, "lineno", top.lineno), function, top, words, change)
        if isinstance(node, ast.FunctionDef):
            # What stands in the head was worked out when the module was read.
            inside: list[ast.AST] = list(node.body)
            # A function in a function is made anew by the code of the outer one.
            function = function or node
        else:
            annotation = getattr(node, "annotation", None)
            inside = [child for child in ast.iter_child_nodes(node) if child is not annotation]
        for child in inside:
            yield from visit(
                child, function, top or (child if isinstance(child, ast.stmt) else None)
            )

    yield from visit(tree, None, None)


def _is_left_alone(node: ast.AST) -> bool:
    """Texts, annotations, and what is written for people who read the code."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        return name in (
            "_",
            "gettext",
            "gettext_lazy",
            "ngettext",
            "cast",
            "TypeVar",
            "getLogger",
        ) or (isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "logger")
    return isinstance(node, ast.Import | ast.ImportFrom | ast.arguments)


def _target(statement: ast.stmt) -> str:
    targets = (
        statement.targets if isinstance(statement, ast.Assign)
        else [statement.target] if isinstance(statement, ast.AnnAssign) else []
    )  # fmt: skip
    names = [t.id for t in targets if isinstance(t, ast.Name) and t.id not in NO_VALUES]
    return names[0] if len(names) == 1 else ""


# -- Planting


def _replace_code(path: Path, tree: ast.Module) -> None:
    """Give every function of the module its code anew; all but the mutant's is as it was."""
    new: dict[tuple[str, int], CodeType] = {}

    def gather(code: CodeType) -> None:
        for inner in code.co_consts:
            if isinstance(inner, CodeType):
                new[inner.co_qualname, inner.co_firstlineno] = inner
                gather(inner)

    gather(compile(tree, str(path), "exec"))
    # What pytest has collected was set aside (tests/plugin.py), where nobody finds it.
    gc.unfreeze()
    for function in [f for f in gc.get_objects() if type(f) is FunctionType]:
        old = function.__code__
        if old.co_filename != str(path):
            continue
        code = new.get((old.co_qualname, old.co_firstlineno))
        if code is not None and code.co_freevars == old.co_freevars:
            function.__code__ = code


def _work_out(path: str, tree: ast.Module, name: str) -> None:
    """Work a constant out anew, or those made by a function, and what the module makes of them."""
    [module] = [m for m in list(sys.modules.values()) if _file_of(m) == ROOT / path]
    changed = {name}
    for statement in tree.body:
        target, value = _target(statement), getattr(statement, "value", None)
        if not target or value is None:
            continue
        if target == name or any(_uses(value, one) for one in changed):
            code = compile(ast.Expression(value), path, "eval")
            try:
                new = eval(code, vars(module))  # noqa: S307 - our own text
            except Exception as error:
                raise Unreadable from error
            _put_everywhere(target, vars(module)[target], new)
            changed.add(target)


def _put_everywhere(name: str, old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        file = _file_of(module)
        if file is None or not _is_ours(file):
            continue
        names = vars(module)
        if name in names and names[name] is old:
            names[name] = new
        for table in [t for t in names.values() if isinstance(t, dict)]:
            for key in [k for k, v in table.items() if v is old and isinstance(old, str)]:
                table[key] = new


def _is_ours(file: Path) -> bool:
    return ROOT in file.parents and ".venv" not in file.parts


def _file_of(module: Any) -> Path | None:
    name = getattr(module, "__file__", None)
    return Path(name) if name else None
