"""Finds where a module can be spoilt, and spoils one place of it in the running process.

A mutant is one small change of the syntax tree, or of an SQL statement that the module holds. In
functions it is planted by giving them new code, so that whoever has imported them already runs
it; a constant of the module is put in place of the old one wherever that is known by its name.
"""

import ast
import copy
import gc
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent.parent
N = TypeVar("N", bound=ast.AST)
# What a place in the tree can become: its words, and what changes it there.
Change = tuple[str, Callable[[], None]]

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
LOOKUPS = {
    "__lte": "__lt", "__lt": "__lte", "__gte": "__gt", "__gt": "__gte",
    "__startswith": "__contains",
}  # fmt: skip
TWINS = {"any": "all", "all": "any", "min": "max", "max": "min"}
# Calls without which a queryset is another one. What only saves queries is not among them.
NARROWED = {
    "filter", "exclude", "on", "within", "visible_to", "existing", "communes", "closed",
    "reporting_daily", "distinct", "select_for_update", "still_open",
}  # fmt: skip
SQL_CHANGES = [
    (r"(?<=\s)= ", "<> "), (r"<> ", "= "), (r"<= ", "< "), (r"(?<=\s)< ", "<= "),
    (r"(?<!BETWEEN %\(first\)s )\bAND\b", "OR"), (r"\bOR\b", "AND"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"\bIS NULL\b", "IS NOT NULL"), (r"\bNOT EXISTS\b", "EXISTS"), (r"\bNOT IN\b", "IN"),
    (r"\bDISTINCT (?!FROM)", ""), (r"\bUNION ALL\b", "UNION"), (r"\b(LEFT|FULL) JOIN\b", "JOIN"),
    (r"\bsum\(", "max("), (r"\bmin\(", "max("), (r"\bDESC\b", "ASC"), (r"\bcoalesce\(", "nullif("),
    (r"(?<=\.)approved\b", "reported"), (r"(?<=\.)reported\b", "approved"),
    (r"\breceived_approved\b", "received"), (r"'closed'", "'planned'"),
    (r"'cancelled'", "'closed'"), (r"\bhosts\b", "TRUE"), (r"\bdaily\b", "TRUE"),
]  # fmt: skip
IS_SQL = re.compile(r"\b(SELECT|CASE|INSERT|UPDATE|DELETE)\b|= ANY")
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
            users = (function,) if function else _naming(constant, names)
            found.append(Mutant(path, number, place.line, users, constant, place.words))
    return found


def plant(mutant: Mutant) -> None:
    """Let this process run the mutant."""
    path = ROOT / mutant.path
    tree = ast.parse(path.read_text())
    list(_spots(tree))[mutant.number].change()
    ast.fix_missing_locations(tree)
    if not mutant.constant:
        _replace_code(path, tree)
    else:
        _replace_constant(mutant, tree)


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
    return tuple(
        names[function]
        for function in names
        if any(isinstance(n, ast.Name) and n.id == constant for n in ast.walk(function))
    )


def _spots(tree: ast.Module) -> Iterator[_Spot]:
    """Yield every place, in the order of the tree, with what changes it there."""

    def visit(node: ast.AST, function: ast.AST | None, top: ast.stmt | None) -> Iterator[_Spot]:
        if _is_left_alone(node):
            return
        if top is not None and not (function is None and isinstance(top, ast.ClassDef)):
            for words, change in _changes(node):
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


# -- What


def _changes(node: ast.AST) -> Iterator[Change]:
    for kind, change in _KINDS.items():
        if isinstance(node, kind):
            yield from change(node)


def _put(node: ast.AST, field: str, value: Any) -> Callable[[], None]:
    return lambda: setattr(node, field, value)


def _become(node: ast.AST, other: ast.AST) -> Callable[[], None]:
    """Let a node be another one, in whatever holds it."""

    def change() -> None:
        node.__class__ = other.__class__
        # The other may be a part of it.
        fields = {name: getattr(other, name) for name in other._fields}
        for name in node._fields:
            vars(node).pop(name, None)
        vars(node).update(fields)

    return change


def _compare(node: ast.Compare) -> Iterator[Change]:
    for place, op in enumerate(node.ops):
        other = SWAPPED[type(op)]
        ops = [*node.ops]
        ops[place] = other()  # type: ignore[call-overload]
        yield _words(node, "ops", ops), _put(node, "ops", ops)


def _words(node: N, field: str, value: Any) -> str:
    other = copy.copy(node)
    setattr(other, field, value)
    return f"{ast.unparse(node)[:90]} → {ast.unparse(ast.fix_missing_locations(other))[:90]}"


def _swap_op(node: Any) -> Iterator[Change]:
    if isinstance(node, ast.BinOp) and any(
        isinstance(one, ast.JoinedStr)
        or (isinstance(one, ast.Constant) and isinstance(one.value, str))
        for one in (node.left, node.right)
    ):
        return
    if other := SWAPPED.get(type(node.op)):
        yield _words(node, "op", other()), _put(node, "op", other())


def _not(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not):
        yield f"{ast.unparse(node)[:90]} → without not", _become(node, node.operand)


def _choose(node: ast.IfExp) -> Iterator[Change]:
    for one in (node.body, node.orelse):
        yield f"{ast.unparse(node)[:90]} → always {ast.unparse(one)[:60]}", _become(node, one)


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} → {not value}", _put(node, "value", not value)
    elif isinstance(value, int):
        yield f"{value} → {value + 1}", _put(node, "value", value + 1)
    elif isinstance(value, str):
        for old, new in LOOKUPS.items():
            if value.endswith(old):
                other = value.removesuffix(old) + new
                yield f'"{value}" → "{other}"', _put(node, "value", other)
        if IS_SQL.search(value):
            yield from _sql(node)


def _sql(node: ast.Constant) -> Iterator[Change]:
    text = node.value
    assert isinstance(text, str)
    for pattern, new in SQL_CHANGES:
        for match in re.finditer(pattern, text):
            other = text[: match.start()] + new + text[match.end() :]
            line = text[: match.end()].splitlines()[-1] + text[match.end() :].split("\n")[0]
            words = f"SQL {text.count(chr(10), 0, match.start())}: {line.strip()[:80]}"
            yield f"{words} → {match.group()} becomes {new}", _put(node, "value", other)


def _call(node: ast.Call) -> Iterator[Change]:
    if isinstance(node.func, ast.Name) and node.func.id in TWINS:
        other = TWINS[node.func.id]
        yield f"{ast.unparse(node)[:90]} → {other}(…)", _put(node.func, "id", other)
    if not isinstance(node.func, ast.Attribute):
        return
    name, of = node.func.attr, node.func.value
    if name == "startswith":
        contains = ast.Compare(left=node.args[0], ops=[ast.In()], comparators=[of])
        yield f"{ast.unparse(node)[:90]} → in", _become(node, contains)
    if name not in NARROWED:
        return
    if name != "filter" or len(node.args) + len(node.keywords) == 1:
        whole = ast.Call(ast.Attribute(of, "all", ast.Load()), [], [])
        yield f"{ast.unparse(node)[-90:]} → without {name}", _become(node, whole)
    if len(node.args) + len(node.keywords) > 1:
        for field, parts in (("args", node.args), ("keywords", node.keywords)):
            for number, part in enumerate(parts):
                rest = [*parts[:number], *parts[number + 1 :]]
                words = f"{name}(…) → without {ast.unparse(part)[:70]}"
                yield words, _put(node, field, rest)


def _keyword(node: ast.keyword) -> Iterator[Change]:
    for old, new in LOOKUPS.items():
        if node.arg and node.arg.endswith(old):
            other = node.arg.removesuffix(old) + new
            yield f"{node.arg} → {other}", _put(node, "arg", other)


def _comprehension(node: ast.comprehension) -> Iterator[Change]:
    for number, condition in enumerate(node.ifs):
        rest = [*node.ifs[:number], *node.ifs[number + 1 :]]
        yield f"for … if {ast.unparse(condition)[:80]} → without if", _put(node, "ifs", rest)


def _drop(node: ast.stmt) -> Iterator[Change]:
    is_set = isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name | ast.Tuple)
    if is_set or not isinstance(node, ast.Assign):
        yield f"{ast.unparse(node).splitlines()[0][:90]} → nothing", _become(node, ast.Pass())


def _if(node: ast.If) -> Iterator[Change]:
    """What leaves a function or a turn early does not."""
    if isinstance(node.body[-1], ast.Return | ast.Continue) and not node.orelse:
        yield f"if {ast.unparse(node.test)[:80]} → never", _put(node, "test", ast.Constant(False))


_KINDS: dict[type[ast.AST], Callable[[Any], Iterator[Change]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _swap_op,
    ast.BinOp: _swap_op,
    ast.UnaryOp: _not,
    ast.IfExp: _choose,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.keyword: _keyword,
    ast.comprehension: _comprehension,
    ast.Expr: _drop,
    ast.Raise: _drop,
    ast.AugAssign: _drop,
    ast.Assign: _drop,
    ast.If: _if,
}


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


def _replace_constant(mutant: Mutant, tree: ast.Module) -> None:
    """Work the constant out anew, and what the module makes of it."""
    [module] = [m for m in list(sys.modules.values()) if _file_of(m) == ROOT / mutant.path]
    changed: set[str] = set()
    for statement in tree.body:
        name = _target(statement)
        value = getattr(statement, "value", None)
        if not name or value is None:
            continue
        uses = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        if name == mutant.constant or uses & changed:
            old = vars(module)[name]
            code = compile(ast.Expression(value), mutant.path, "eval")
            _put_everywhere(name, old, eval(code, vars(module)))  # noqa: S307 - our own text
            changed.add(name)


def _put_everywhere(name: str, old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        file = _file_of(module)
        if file is None or ROOT not in file.parents or ".venv" in file.parts:
            continue
        names = vars(module)
        if name in names and names[name] is old:
            names[name] = new
        for table in [t for t in names.values() if isinstance(t, dict)]:
            for key in [k for k, v in table.items() if v is old and isinstance(old, str)]:
                table[key] = new


def _file_of(module: Any) -> Path | None:
    name = getattr(module, "__file__", None)
    return Path(name) if name else None
