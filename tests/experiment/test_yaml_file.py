"""YAML files that would run code, fill the memory or end in a traceback are refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.yaml_file import yaml_mapping

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: " + "[" * 3000 + "]" * 3000, "nested too deeply"),
        ("? [a, b]\n: c\n", "line 1, column 3: .*a key is a list or a mapping"),
        ("? {a: b}\n: c\n", "line 1, column 3: .*a key is a list or a mapping"),
        ("a: {b: 1, b: 2}\n", "the key 'b' is used twice"),
        (LAUGHS, "more than 1000000 values"),
        ("a: &a [*a]\n", "more than 1000000 values"),
        ("a: !!python/object/apply:os.system ['true']\n", "could not determine a constructor"),
        ("a: 2026-02-30\n", "an impossible value"),
        ("- a\n", "is not a YAML mapping"),
    ],
)
def test_a_hostile_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationRefused, match=message):
        yaml_mapping(path, "the configuration")


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefused, match="the configuration is not a file"):
        yaml_mapping(tmp_path, "the configuration")


def test_words_and_numbers_are_read_as_written(tmp_path: Path) -> None:
    """YAML 1.1 takes them for false, true, 8, 750 and 2.5."""
    path = tmp_path / "solutions.yaml"
    path.write_text("NO: on\n010: 010\n2.50: 12:30\ntrue: true\nx: 1e3\n", encoding="utf-8")
    found = yaml_mapping(path, "the solutions file")
    assert found == {"NO": "on", "010": "010", "2.50": "12:30", "true": True, "x": 1000.0}


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes("raw_dir: a\n".encode("utf-8-sig"))
    assert yaml_mapping(path, "the configuration") == {"raw_dir": "a"}


def test_references_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "solutions.yaml"
    path.write_text("a: &a {K: 5}\nb: *a\n", encoding="utf-8")
    assert yaml_mapping(path, "the solutions file") == {"a": {"K": 5}, "b": {"K": 5}}
