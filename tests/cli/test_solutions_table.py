"""``reversal solutions`` prints what is in a recipe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reversal.cli.main import main


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "solutions.yaml").write_text(
        "bath: {salts_mM: {NaCl: 140, KCl: 5, CaCl2: 2}, uncharged_mM: {glucose: 10}}\n"
        "pipette: {salts_mM: {K-gluconate: 120, KCl: 20}, buffers_mM: {HEPES: 10}, pH: 7.2, closed_by: K}\n"
        "bad: {salts_mM: {KXy: 1}}\n",
        encoding="utf-8",
    )
    path = tmp_path / "config.yaml"
    path.write_text(f"solutions: {tmp_path}/solutions.yaml\n", encoding="utf-8")
    return path


def test_ions_charge_osmolarity_and_junction_of_a_recipe(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solutions", "--config", str(config), "-t", "22", "--json", "bath"]) == 0
    (bath,) = json.loads(capsys.readouterr().out)
    assert bath["ions_mM"] == {"Na": 140, "K": 5, "Ca": 2, "Cl": 149}
    assert bath["charge_mM"] == 0
    assert bath["solutes_mM"] == 306
    assert bath["strength_mM"] == pytest.approx(0.5 * (140 + 5 + 4 * 2 + 149))
    # 145 NaCl against 140 K, 120 gluconate: +14 to +16 mV, as every laboratory calculates
    assert 13.5 < bath["junctions_mV"]["pipette"] < 16
    assert 0.6 < bath["activities_mM"]["K"] / 5 < 0.85


def test_a_faulty_recipe_is_listed_after_the_others(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solutions", "--config", str(config)]) == 1
    printed = capsys.readouterr().out
    assert "osmolarity" in printed
    assert "V_L" not in printed  # a junction potential needs a temperature
    assert "the salt is not known. Found: 'KXy'" in printed.splitlines()[-1]


def test_a_faulty_recipe_is_in_the_json(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solutions", "--config", str(config), "--json"]) == 1
    *_, bad = json.loads(capsys.readouterr().out)
    assert bad["name"] == "bad"
    assert "the salt is not known. Found: 'KXy'" in bad["fault"]


def test_an_unknown_name_is_refused(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solutions", "--config", str(config), "bat"]) == 1
    assert "Nearest: 'bath'" in capsys.readouterr().err
