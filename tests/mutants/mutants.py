"""What can be mutated in the package, and a sample of it drawn with a seed.

Cosmic Ray (https://cosmic-ray.readthedocs.io) finds the places and writes the mutated source. Left out are mutants that
nobody would type by mistake (``*`` for ``<<`` raises a TypeError at once), texts, annotations, caches, and a change
below 0.01 % of a number.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

PACKAGE = Path("analysis/reversal")
PARTS = {
    "physics": ("physics",),
    "atlas systems": ("atlas/systems",),
    "recordings": ("recordings",),
    "measure": ("measure",),
    "fit": ("fit", "statistics"),
}
OPERATORS = re.compile(
    r"ReplaceBinaryOperator_(Add|Sub|Mul|Div|Pow)_(Add|Sub|Mul|Div|Pow)"
    r"|ReplaceBinaryOperator_(FloorDiv_Div|Mod_Mul|BitAnd_BitOr|BitOr_BitAnd|LShift_RShift|RShift_LShift)"
    r"|ReplaceComparisonOperator_(Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Lt_GtE|GtE_Lt|Gt_LtE|LtE_Gt)"
    r"|ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Is_IsNot|IsNot_Is)"
    r"|ReplaceUnaryOperator_Delete_(USub|Invert|Not)"
    r"|AddNot|ReplaceTrueWithFalse|ReplaceFalseWithTrue|ReplaceAndWithOr|ReplaceOrWithAnd"
    r"|ReplaceBreakWithContinue|ReplaceContinueWithBreak|ZeroIterationForLoop"
    r"|ExceptionReplacer|NumberReplacer|RemoveDecorator"
)
CACHES = {"cache", "lru_cache"}  # decorators whose loss changes no result
LARGE_NUMBER = 1e4  # one more changes it by less than 0.01 %
Position = tuple[int, int]  # line, from 1, and column, from 0
Span = tuple[Position, Position]


@dataclass(frozen=True)
class Mutant:
    """A place in a module and what is changed there.

    module : path from the top of the project;  line : from 1;  column : from 0
    operator : name that Cosmic Ray gives the change;  occurrence : how many places for it come before in the module
    """

    part: str
    module: str
    line: int
    column: int
    operator: str
    occurrence: int

    def source(self, original: str) -> str:
        """Source of the module with this mutation."""
        mutated = mutate_code(original, _operator(self.operator), self.occurrence)
        if mutated is None:
            raise ValueError(f"{self.module} has no such place: {self}")
        return str(mutated)


def modules(tree: Path, part: str) -> list[str]:
    """Modules of a part, as paths from the top of the project."""
    folders = [tree / PACKAGE / name for name in PARTS[part]]
    return [path.relative_to(tree).as_posix() for folder in folders for path in sorted(folder.rglob("*.py"))]


def code_digest(tree: Path) -> str:
    """Hash of every module that can be mutated: which code a score belongs to."""
    digest = hashlib.sha256()
    for module in (module for part in PARTS for module in modules(tree, part)):
        digest.update(module.encode())
        digest.update((tree / module).read_bytes())
    return digest.hexdigest()[:16]


def mutants(tree: Path, part: str) -> Iterator[Mutant]:
    """Every mutant of a part."""
    for module in modules(tree, part):
        source = (tree / module).read_text(encoding="utf-8")
        lines, spared = source.splitlines(), list(_spared(source))
        nodes = list(ast_nodes(get_ast(source)))
        for name in _operators():
            places = [place for node in nodes for place in _operator(name).mutation_positions(node)]
            for occurrence, (start, end) in enumerate(places):
                if not any(first <= start < last for first, last in spared) and not _slight(lines, name, start, end):
                    yield Mutant(part, module, *start, name, occurrence)


def sample(tree: Path, part: str, size: int, seed: int) -> list[Mutant]:
    """So many mutants of a part, no two on one line and none whose program is the same.

    The rank of a mutant is a hash of the seed and its line: an edit elsewhere does not change which are drawn.
    """
    chosen: dict[tuple[str, int], Mutant] = {}
    for mutant in sorted(mutants(tree, part), key=lambda one: _rank(tree, one, seed)):
        if len(chosen) == size:
            break
        if (mutant.module, mutant.line) not in chosen and _changes(tree, mutant):
            chosen[mutant.module, mutant.line] = mutant
    return list(chosen.values())


def changed_line(original: str, mutated: str) -> tuple[str, str]:
    """First line that differs, before and after."""
    pairs = zip(original.splitlines(), mutated.splitlines(), strict=False)
    return next(((one.strip(), other.strip()) for one, other in pairs if one != other), ("", ""))


def _rank(tree: Path, mutant: Mutant, seed: int) -> str:
    path = tree / mutant.module
    line = _lines(path)[mutant.line - 1]
    return hashlib.sha256(f"{seed} {path.name} {line} {mutant.column} {mutant.operator}".encode()).hexdigest()


@cache
def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


@cache
def _operators() -> list[str]:
    names = (name.removeprefix("core/") for name in operator_names())
    return [name for name in names if OPERATORS.fullmatch(name)]


@cache
def _operator(name: str) -> Any:  # Cosmic Ray has no types
    return get_operator(f"core/{name}")()


def _spared(source: str) -> Iterator[Span]:
    """Spans that are not mutated: annotations, f-strings, arguments of decorators, caches as a whole."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            yield from (_span(one, lines, with_sign=_name(one) in CACHES) for one in node.decorator_list)
            yield from [_span(node.returns, lines)] if node.returns else []
        elif isinstance(node, ast.ClassDef):
            yield from (_span(one, lines) for one in node.decorator_list)
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            yield _span(node.annotation, lines)
        elif isinstance(node, ast.JoinedStr):
            yield _span(node, lines)


def _span(node: ast.expr, lines: list[str], *, with_sign: bool = False) -> Span:
    """Where an expression starts and ends, in characters (``ast`` counts bytes); with the @ before a decorator."""
    first, last = node.lineno, node.end_lineno or node.lineno
    start = len(lines[first - 1].encode()[: node.col_offset].decode())
    end = len(lines[last - 1].encode()[: node.end_col_offset].decode())
    return (first, start - with_sign), (last, end)


def _slight(lines: list[str], operator: str, start: Position, end: Position) -> bool:
    """Whether the mutant adds 1 to a large floating-point number."""
    if operator != "NumberReplacer":
        return False
    value = ast.literal_eval(lines[start[0] - 1][start[1] : end[1]])
    return isinstance(value, float) and abs(value) > LARGE_NUMBER


def _name(decorator: ast.expr) -> str:
    call = decorator.func if isinstance(decorator, ast.Call) else decorator
    return call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "")


def _changes(tree: Path, mutant: Mutant) -> bool:
    """Whether the mutant is another program: 1e30 + 1 is not, nor is ``**`` for the ``*`` before keyword arguments."""
    original = (tree / mutant.module).read_text(encoding="utf-8")
    try:
        mutated = ast.parse(mutant.source(original))
    except SyntaxError:
        return False
    return ast.dump(ast.parse(original)) != ast.dump(mutated)
