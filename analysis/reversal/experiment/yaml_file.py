"""A YAML file as a mapping: no code, no repeated key, and a limit on the number of values.

A value counts as often as the file refers to it, so a short file cannot expand to a very large one."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from reversal.experiment.closed_model import ConfigurationRefused

MAX_FILE_BYTES = 10 << 20
MAX_VALUES = 1_000_000  # with every value counted as often as it is referred to (&name, *name)


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML loader that refuses a repeated key; the default loader would silently use the last one."""

    def get_single_node(self) -> Any:
        node = super().get_single_node()
        if node is not None and _values_in(node, {}) > MAX_VALUES:
            raise yaml.constructor.ConstructorError(None, None, f"it has more than {MAX_VALUES} values", None)
        return node


def _values_in(node: yaml.Node, known: dict[int, int]) -> int:
    """Number of values in a node; a node that contains itself has too many."""
    if id(node) not in known:
        known[id(node)] = MAX_VALUES + 1
        parts = node.value if isinstance(node, (yaml.SequenceNode, yaml.MappingNode)) else ()
        inside = [part for each in parts for part in (each if isinstance(each, tuple) else (each,))]
        known[id(node)] = 1 + sum(_values_in(part, known) for part in inside)
    return known[id(node)]


def _mapping_with_unique_keys(loader: _UniqueKeyLoader, node: yaml.MappingNode) -> dict[str, Any]:
    """A mapping whose keys are the words of the file: a solution may be named NO, 2.50 or 010."""
    known: set[Hashable] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "a key is a list or a mapping", key.start_mark)
        if key.value in known:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} is used twice", key.start_mark)
        known.add(key.value)
    loader.flatten_mapping(node)  # <<: *name
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


def _plain_values() -> None:
    """Read NO, on, 010 and 12:30 as written, as in YAML 1.2: only true and false are no text, and numbers are decimal.

    YAML 1.1 takes them for false, true, 8 and 750.
    """
    kept = {"tag:yaml.org,2002:null", "tag:yaml.org,2002:merge", "tag:yaml.org,2002:timestamp"}
    inherited = yaml.SafeLoader.yaml_implicit_resolvers
    _UniqueKeyLoader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag in kept] for first, resolvers in inherited.items()
    }
    for tag, pattern, first in (
        ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
        ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
        ("float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
        ("float", r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+."),
    ):
        _UniqueKeyLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), list(first))


_plain_values()
_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_with_unique_keys)


def yaml_mapping(path: Path, what: str) -> dict[str, Any]:
    """Content of a YAML file. Raises ConfigurationRefused if it is not a mapping; ``what`` names it in the message."""
    try:
        document = yaml.load(_text(path, what), Loader=_UniqueKeyLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else None
        problem = getattr(error, "problem", None) or "it cannot be read"
        remedy = "Indent with blanks, not with tabs" if "\\t" in problem else None
        if "escape" in problem:
            remedy = "Write a path of Windows with /, or between single quotation marks"
        raise ConfigurationRefused(f"{what} is not YAML: {problem}", file=path, place=place, remedy=remedy) from None
    except RecursionError:
        raise ConfigurationRefused(f"{what} has lists or mappings that are nested too deeply", file=path) from None
    except ValueError as error:  # a number or a date that does not exist, such as 2026-02-30
        raise ConfigurationRefused(f"{what} has an impossible value: {error}", file=path) from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigurationRefused(f"{what} is not a YAML mapping", file=path, expected="lines like 'name: value'")
    return document


MISSING = "Run the command in the folder of your project; `reversal init FOLDER` makes one"


def _text(path: Path, what: str) -> str:
    try:
        if not path.is_file() and path.exists():
            raise ConfigurationRefused(f"{what} is not a file", file=path)
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigurationRefused(f"{what} is too large", file=path, expected=f"at most {MAX_FILE_BYTES} bytes")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationRefused(f"{what} is missing", file=path, remedy=MISSING) from None
    except OSError as fault:
        raise ConfigurationRefused(f"{what} cannot be opened", file=path, found=fault.strerror) from None
    except UnicodeDecodeError:
        raise ConfigurationRefused(f"{what} is not UTF-8", file=path, remedy="Save it as UTF-8 text") from None
