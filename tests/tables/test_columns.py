"""Every column of every table explains itself."""

from __future__ import annotations

import re

import pytest

from reversal.tables.files import Row
from reversal.tables.results import ROW_OF
from reversal.tables.survey_table import SurveyRow

MODELS = {**ROW_OF, "survey": SurveyRow}
COLUMNS = [(table, name) for table, model in MODELS.items() for name in model.model_fields]
UNITS = {
    "mV": "[mV]",
    "pA": "[pA]",
    "ms": "[ms]",
    "pF": "[pF]",
    "nS": "[nS]",
    "GOhm": "[GΩ]",
    "mM": "[mM]",
    "MOhm": "[MΩ]",
    "Hz": "[Hz]",
    "C": "[°C]",
    "mV_per_decade": "[mV per decade]",
    "kJ_mol": "[kJ/mol]",
    "um3_per_s": "[µm³/s]",
    "pA_per_pF": "[pA/pF]",
}


def model_of(table: str) -> type[Row]:
    return MODELS[table]


@pytest.mark.parametrize(("table", "name"), COLUMNS)
def test_a_column_has_a_sentence(table: str, name: str) -> None:
    sentence = model_of(table).model_fields[name].description
    assert sentence
    assert len(sentence.split()) >= 2 or name in {"condition"}, sentence


@pytest.mark.parametrize(("table", "name"), COLUMNS)
def test_a_column_with_a_unit_in_its_name_describes_the_unit(table: str, name: str) -> None:
    sentence = model_of(table).model_fields[name].description or ""
    unit = next((u for u in sorted(UNITS, key=len, reverse=True) if re.search(rf"_{u}(_of_line)?$", name)), None)
    if unit is not None:
        assert UNITS[unit] in sentence, sentence


@pytest.mark.parametrize(("table", "name"), COLUMNS)
def test_a_number_with_a_unit_has_it_in_its_name(table: str, name: str) -> None:
    sentence = model_of(table).model_fields[name].description or ""
    if sentence.endswith("]") and name not in {"ci_low", "ci_high", "ddg_ci_low", "ddg_ci_high"}:
        assert any(name.endswith(f"_{unit}") for unit in UNITS) or name == "in_mM_of_line", name


def test_every_table_is_described_in_the_docs(root) -> None:  # type: ignore[no-untyped-def]
    page = (root / "docs" / "reference" / "tables.md").read_text(encoding="utf-8")
    for table in ROW_OF:
        assert f"### {table}.csv" in page
    for word in ("Optional", "Union", "required", "Literal", "NoneType"):
        assert word not in page
        assert word not in (root / "config" / "README.md").read_text(encoding="utf-8")
