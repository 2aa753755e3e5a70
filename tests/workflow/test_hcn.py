"""Real recordings of HCN tail currents: one reversal potential per cell, in the known range of HCN channels."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml


@pytest.mark.long
@pytest.mark.real
def test_hcn_tails_reverse_between_minus_35_and_minus_5_mV(root, shared_data, run_pipeline, tmp_path: Path) -> None:
    folder = shared_data / "haganenoneko+EphysAnalysisTools"
    if not folder.is_dir():
        pytest.skip(f"{folder.name} is not among the real recordings")
    project = yaml.safe_load((root / "tests/real/hcn/config.yaml").read_text(encoding="utf-8"))
    project |= {"results_dir": str(tmp_path / "results"), "reports_dir": str(tmp_path / "reports")}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")

    run_pipeline(tmp_path / "config.yaml")

    with (tmp_path / "results/cohort/reversals.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["recording"] for row in rows} == {"19d08005", "20d03004", "20917009", "20117008"}
    for row in rows:
        assert row["crossing"] == "bracketed", row
        assert -35 < float(row["ci_low_mV"]) < float(row["e_rev_mV"]) < float(row["ci_high_mV"]) < -5, row
        # charging current in the first 3 ms, 1 pA per mV of the step, is not a shift of the reversal
        assert "reversal potential of the tails shifts" not in row["reason"], row
    for row in rows:
        assert (tmp_path / "reports/cells" / f"{row['cell']}.html").is_file()
    assert (tmp_path / "reports/index.html").is_file()
