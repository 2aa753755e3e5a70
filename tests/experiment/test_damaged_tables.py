"""A damaged sheet, recipe, configuration or table of points or ions is read or refused; nothing else is raised."""

from __future__ import annotations

from pathlib import Path

import pytest

from reversal.errors import Refusal
from reversal.experiment.iv_points import read_points
from reversal.experiment.project import examined_project, read_configuration
from tests.damaged_texts import damaged_texts

SHORT, LONG = 12, 1500
SHEET = "recording\tcell\tfile\tbath\tpipette\ttemperature_C\tsweeps\nr1\tc1\ta.abf\tK5\tKin\t22.5\t1-9,12\n"
TABLES = {
    "recordings": SHEET + "p1\tc2\t\tK5\tKin\t22\t\n",
    "solutions": "K5:\n  salts_mM: {KCl: 5, Na gluconate: 135, MgCl2: 1}\n  note: a bath\n"
    "Kin:\n  ions_mM:\n    K: 140\n    Cl: 140\n",
    "iv_points": "recording,v_mV,i_pA,se_pA\n" + "".join(f"p1,{v},{v * 2.5},1\n" for v in range(-80, 60, 20)),
    "ions": "name\tz\tmobility\tlambda_S_cm2_equiv\tsource\taliases\tmobility_error\nQq\t2\t0.5\t\tbook\tq\t0.1\n",
    "config.yaml": "protocols:\n  steps:\n    holding_mV: -80\n    sample_rate_Hz: 20000\n    current_unit: pA\n"
    "    epochs:\n      - {step: {from: -120, to: 60, by: 10}, ms: 300}\n      - {step: -80, ms: 100}\n"
    "experiments:\n  default:\n    ion: K\n    window: {start_ms: 10, stop_ms: 20}\n",
}


def refused_copies(folder: Path, table: str, number: int) -> int:
    """Load a project with damaged copies of one of its tables; how many were refused."""
    paths = {name: folder / name for name in TABLES}
    for name, text in TABLES.items():
        paths[name].write_text(text, encoding="utf-8")
    (folder / "raw").mkdir()
    (folder / "raw" / "a.abf").write_bytes(b"ABF2")
    config = paths.pop("config.yaml")
    named = {name: str(path) for name, path in paths.items()} | {"raw_dir": str(folder / "raw")}
    sound, whole = examined_project({**read_configuration(config), **named})
    assert (sound.faults, whole) == ((), [])
    refused = 0
    for what, text in damaged_texts(TABLES[table], number, seed=len(table)):
        copy = folder / f"{what} {table}"  # an ion table is read once for each path
        copy.write_bytes(text.encode("utf-8"))
        try:
            document = read_configuration(copy if table == "config.yaml" else config)
            project, whole = examined_project({**document, **named, **({table: str(copy)} if table in named else {})})
            refused += bool(whole or project.faults)
        except Refusal:
            refused += 1
        except Exception as fault:
            raise AssertionError(f"{table}, {what}: {type(fault).__name__}: {fault}") from fault
    return refused


@pytest.mark.parametrize("table", TABLES)
def test_a_table_with_other_words_is_read_or_refused(table: str, tmp_path: Path) -> None:
    assert refused_copies(tmp_path, table, SHORT) > 0


@pytest.mark.long
@pytest.mark.parametrize("table", TABLES)
def test_a_table_with_many_other_words_is_read_or_refused(table: str, tmp_path: Path) -> None:
    print(f"{table}: {refused_copies(tmp_path, table, LONG)} of {LONG} refused")


POINTS = "".join(f"a,{v},{v}\n" for v in range(20_000))


@pytest.mark.parametrize(
    ("text", "row"),
    [(f'recording,v_mV,i_pA\na,"1,2\n{POINTS}', 2), (f"recording,v_mV,i_pA\na,1,2\na,{'x' * 200_000},1\n", 3)],
)
def test_a_quote_without_an_end_and_a_long_word_in_points_are_refused_with_their_row(
    text: str, row: int, tmp_path: Path
) -> None:
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=rf"points.csv, row {row}: a field of the table of I–V points begins with a quot"):
        read_points(path)


def test_a_quote_without_an_end_in_an_unused_column_does_not_hide_the_points_after_it(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text('recording,v_mV,i_pA,note\na,1,1,"x\na,2,2,\na,3,3,\na,4,4,\n', encoding="utf-8")
    with pytest.raises(Refusal, match="row 2: a field"):
        read_points(path)
