"""What a night found, its methods, and the wide tables of its figures."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from reversal.experiment.step_settings import ReportLabels
from reversal.report.cohort.attention import attention_groups, failure_causes
from reversal.report.cohort.cohort_figures import cohort_figures, drawn_cohort
from reversal.report.cohort.deck import cause_line
from reversal.report.cohort.figure_data import as_csv, reversals_wide
from reversal.report.cohort.findings_of_night import difference_sentences, night_sentences
from reversal.report.cohort.methods import citation_of, methods_of
from reversal.report.cohort.morning_page import morning_text, newest_sentence
from reversal.report.inputs import Night, Provenance
from reversal.steps.night import provenance as provenance_of
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding
from reversal.tables.findings_table import judged
from reversal.tables.nernst_table import Verdict
from reversal.tables.results import Cohort
from reversal.tables.reversals_table import Crossing
from reversal.tables.shifts_table import Design, Shifted, ShiftRow
from reversal.tables.status import Status


def test_a_night_is_summed_up_with_n_number_and_interval(night: Night) -> None:
    assert night_sentences(night) == [
        "P_Na/P_K = 0.0201 (95 %: 0.0183 to 0.0221, n = 8 cells).",
        "Of 8 series, follows Nernst: 7, without a slope: 1.",
    ]


def test_an_answer_stands_where_the_slope_alone_would_only_differ(rows: ModuleType, provenance: Provenance) -> None:
    line = rows.nernst_row(
        "c1", slope_ratio=0.8, verdict=Verdict.DIFFERENT, **judged([finding(Code.LINE_CURVED, 0.01)])
    )
    answers = (rows.answer_row("c1"), rows.answer_row(""))
    night = Night(Cohort((rows.recording_row("c1", "r"),), (), (), (line,), answers=answers), provenance)
    assert "Of 1 series, follows GHK: 1." in night_sentences(night)
    text = morning_text(night)
    assert "<b>follows GHK</b>" in text
    assert "<b>differs from Nernst</b>" not in text


def shift(condition: str, bath: str | None = None, **changed: object) -> ShiftRow:
    values = {"quantity": Shifted.E_REV, "design": Design.UNPAIRED, "n_tests": 5, "status": Status.OK, **changed}
    return ShiftRow.model_construct(
        experiment="default", condition=condition, against_condition="control", bath=bath,
        difference=None, sentence=f"{condition} differs from control.", **values,
    )  # fmt: skip


def test_tested_differences_of_groups_stand_at_the_head(night: Night) -> None:
    shifts = (
        shift("mutant"),
        shift("mutant in K5", "K5"),
        shift("slope of mutant", quantity=Shifted.SLOPE_RATIO),
        shift("single cell", design=Design.NONE),
    )
    differing = replace(night, tables=replace(night.tables, shifts=shifts))
    assert night_sentences(differing)[-1] == "mutant differs from control."
    assert len(night_sentences(differing)) == len(night_sentences(night)) + 1
    head = morning_text(differing).partition('class="found"')[2].partition("</ul>")[0]
    assert '<li>mutant differs from control. <small class="from">From: <a href="#cohort">' in head


def test_of_many_differences_the_first_are_shown_and_the_others_counted(night: Night) -> None:
    shifts = tuple(shift(f"drug{n}") for n in range(10))
    found = difference_sentences(replace(night, tables=replace(night.tables, shifts=shifts)))
    assert found[0] == "drug0 differs from control."
    assert found[3:] == ["Further differences of E_rev between groups: 7."]


def test_methods_have_the_numbers_that_were_used(night: Night) -> None:
    text = " ".join(methods_of(night))
    for part in (
        "40 voltage-clamp recordings of 8 cells at 23.1 °C were analysed (1 failed).",
        "Reversal 0.1.0 (numpy 2.4.0)",
        "liquid junction potentials of 4.6 mV",
        "GHK voltage, profile likelihood",
        "margin ±5 %",
        "REML, Hartung-Knapp",
    ):
        assert part in text
    assert "version 0.1.0" in citation_of(night)


def test_methods_say_why_measured_recordings_are_not_in_the_fits(rows: ModuleType, provenance: Provenance) -> None:
    reversals = (
        rows.reversal_row("c1", "a", 5.0, se_mV=0.5),
        rows.reversal_row("c1", "b", 10.0, open_error=True),
        rows.reversal_row("c1", "c", 20.0, crossing=Crossing.NONE, e_rev_mV=None),
        rows.reversal_row("c1", "d", 20.0, status=Status.EXCLUDED),
    )
    text = " ".join(methods_of(Night(Cohort((), reversals, (), ()), provenance)))
    assert (
        "2 further recordings did not enter the fits (1 reversal potential with an error that is not known on one "
        "side; 1 no reversal potential in the tested range)." in text
    )


def test_an_empty_night_has_no_methods(provenance: Provenance) -> None:
    assert methods_of(Night(Cohort((), (), (), ()), provenance)) == []


def test_cells_of_the_newest_day_are_marked_if_there_are_older_ones(night: Night) -> None:
    assert newest_sentence(night) == ""
    dated = tuple(
        row.model_copy(update={"started": f"2026-11-{20 if row.cell == 'cell007' else 19}T20:00:00"})
        for row in night.tables.recordings
    )
    changed = replace(night, tables=replace(night.tables, recordings=dated))
    assert newest_sentence(changed) == "Newest day, 2026-11-20: 5 recordings of cell007."
    text = morning_text(changed)
    assert text.count('<span class="new">new</span>') == 1


def test_findings_with_one_cause_are_one_group_with_its_remedy(rows: ModuleType, provenance: Provenance) -> None:
    one_bath = judged([finding(Code.TWO_BATHS)])
    nothing = dict.fromkeys(
        ("slope_mV_per_decade", "ci_low", "ci_high", "slope_ratio", "ratio_ci_low", "ratio_ci_high")
    )
    lines = tuple(rows.nernst_row(f"c{n}", **nothing, verdict=None, **one_bath) for n in range(16))
    recordings = tuple(rows.recording_row(f"c{n}", f"r{n}") for n in range(16))
    night = Night(Cohort(recordings, (), (), lines), provenance)
    (group,) = attention_groups(night)
    (cause,) = group.causes
    assert (group.number, len(cause.items)) == (16, 16)
    assert morning_text(night).count(finding(Code.TWO_BATHS).sentence) == 17  # once in the list, once in each row
    assert list(drawn_cohort(night)) == []  # no figure of 16 lines without a value


def cut_short(rows: ModuleType, provenance: Provenance, samples: list[int]) -> Night:
    """A night of files that end too early, after a number of samples each; one recording is also noisy."""
    recordings, findings = [], [*rows.found_in("recordings", "c", "r0", finding(Code.HOLDING_CURRENT, -400.0, 200.0))]
    for n, number in enumerate(samples):
        text = f"/raw files/night/r{n}.abf, data: the file ends after {number} samples. Copy it again."
        found = finding(Code.NOT_READ, message=text)
        recordings.append(rows.recording_row("c", f"r{n}", file=f"night/r{n}.abf", **judged([found])))
        findings += rows.found_in("recordings", "c", f"r{n}", found)
    return Night(Cohort(tuple(recordings), (), (), (), findings=tuple(findings)), provenance)


def test_equal_failures_are_one_cause_with_its_remedy_once(rows: ModuleType, provenance: Provenance) -> None:
    night = cut_short(rows, provenance, [7] * 30)
    (cause,) = failure_causes(night)
    assert (cause.codes, len(cause.items), cause.equal) == (("not_read",), 30, True)
    assert cause.common == "Data: the file ends after 7 samples. Copy it again."
    text = morning_text(night)
    failures = text[text.index('id="failures"') : text.index('id="cells"')]
    assert failures.count(cause.common) == 1
    assert all(f"c, r{n}</b>" in failures for n in range(30))
    assert "<summary>18 more</summary>" in failures
    assert cause_line(cause).startswith("30 failures (c, r0; c, r1; ")
    assert cause_line(cause).endswith(f"…). {cause.common} {cause.remedy}".replace("`", ""))


def test_failures_of_one_kind_keep_their_own_numbers(rows: ModuleType, provenance: Provenance) -> None:
    (cause,) = failure_causes(cut_short(rows, provenance, [7, 9]))
    assert (cause.common, cause.equal) == ("Copy it again.", False)
    assert [item.reason for item in cause.items] == [f"Data: the file ends after {n} samples." for n in (7, 9)]
    first = "2 failures (c, r0; c, r1). First: Data: the file ends after 7 samples. Copy it again. "
    assert cause_line(cause) == f"{first}{cause.remedy}".replace("`", "")


def test_remedy_of_files_that_are_not_read_for_several_reasons_is_given_once(
    rows: ModuleType, provenance: Provenance
) -> None:
    night = cut_short(rows, provenance, [7, 7, 7])
    other = finding(Code.NOT_READ, message="r9.abf: the file is text. Give the file of the acquisition program.")
    recording = rows.recording_row("c", "r9", file="r9.abf", **judged([other]))
    tables = replace(
        night.tables,
        recordings=(recording, *night.tables.recordings),
        findings=(*rows.found_in("recordings", "c", "r9", other), *night.tables.findings),
    )
    text = morning_text(replace(night, tables=tables))
    failures = text[text.index('id="failures"') : text.index('id="cells"')]
    assert [len(cause.items) for cause in failure_causes(replace(night, tables=tables))] == [3, 1]
    assert failures.count("Follow the remedy in the message") == 1
    assert failures.count("the file is text") == failures.count("ends after 7 samples") == 1


def test_a_failure_alone_names_its_file(rows: ModuleType, provenance: Provenance) -> None:
    (cause,) = failure_causes(cut_short(rows, provenance, [7]))
    assert cause.items[0].reason.startswith("/raw files/night/r0.abf, data: ")
    assert not cause.equal


def test_every_mean_is_one_click_from_its_cells_method_and_formula(night: Night, tmp_path: Path) -> None:
    text = morning_text(replace(night, provenance=replace(night.provenance, atlas=True)))
    places = set(re.findall(r'id="([^"]+)"', text))
    overview = re.findall(r'<li>.*? <small class="from">From: (.*?)</small></li>', text)
    assert len(overview) == len(night_sentences(night)) == 2
    files = {path.name for path in cohort_figures(night, tmp_path)}
    for links, name, formula in zip(overview, ("permeability_Na_K", "slopes"), ("ghk", "nernst"), strict=True):
        found = re.findall(r'href="([^"]+)"', links)
        assert found == [f"#figure-{name}", f"figures/{name}.csv", "#methods", f"atlas.html#{formula}"]
        assert {f"figure-{name}", "methods"} <= places
        assert f"{name}.csv" in files
    assert '<a href="figures/permeability_Na_K.csv">8</a>' in text  # the number of cells of the mean in the table


def test_repeats_of_a_bath_have_columns_of_their_own(rows: ModuleType) -> None:
    again = [rows.reversal_row("c1", name, 5.0, e_rev_mV=e) for name, e in (("a", -70.0), ("b", -71.0))]
    lines = as_csv(reversals_wide(again, "K_out_mM")).splitlines()
    assert lines[0].split(",")[::3][:2] == ["K_out_mM", "high c1 control"]
    assert lines[1].startswith("5,-70,")
    assert ",-71," in lines[1]


def test_pages_name_project_folder_experiments_dates_and_person(rows: ModuleType, night: Night) -> None:
    days = ("2026-11-19T20:00:00", "2026-11-21T01:00:00")
    recordings = [rows.recording_row("c1", f"r{n}", started=day, experiment="drug A") for n, day in enumerate(days)]
    labels = ReportLabels(title="K <b> & Na", folder="raw", recorded_by="A. B.")
    about = provenance_of("0123456789abcdef", recordings, labels)
    assert about.about == "K <b> & Na · folder raw · drug A · recorded 2026-11-19 to 2026-11-21 by A. B."
    text = morning_text(replace(night, provenance=about))
    assert "<title>Recordings · K &lt;b&gt; &amp; Na · 2026-11-19 to 2026-11-21</title>" in text
    assert "<h1>K &lt;b&gt; &amp; Na</h1>" in text
    assert Provenance({}, "0", "2026-11-20").about == "Recordings · recorded 2026-11-20"
