"""What a place in the syntax tree, or in an SQL statement, can become: one small change each."""

import ast
import copy
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

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
    "distinct", "select_for_update", "still_open",
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


def changes_of(node: ast.AST) -> Iterator[Change]:
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
        # It stays where it is, so that the function keeps what it names (``super()`` does).
        never = ast.If(ast.Constant(False), [copy.copy(node)], [])
        yield f"{ast.unparse(node).splitlines()[0][:90]} → nothing", _become(node, never)


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
