"""Morning page, cohort figures and slides: failures first, any number of cells, reproducible."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from reversal.report.cohort.attention import (
    failures_of,
    flagged_of,
    flagged_unused_of,
    no_reversal_of,
    without_result_of,
)
from reversal.report.cohort.cohort_figures import cohort_figures, drawn_cohort
from reversal.report.cohort.deck import lab_meeting_deck, type_height, words_on_slide
from reversal.report.cohort.example_cell import ExampleCell, chosen_series
from reversal.report.cohort.forest import drawn_forest, ratio_forest, slope_forest
from reversal.report.cohort.morning_page import morning_page, morning_text
from reversal.report.figure.style import SIZES, SLIDE_SIZE
from reversal.report.inputs import Night, Provenance
from reversal.tables.findings.code import Code
from reversal.tables.findings.finding import finding
from reversal.tables.findings_table import judged
from reversal.tables.nernst_table import Verdict
from reversal.tables.results import Cohort
from reversal.tables.reversals_table import Crossing, Current
from reversal.tables.status import Status
from tests.report.picture import Picture


@pytest.fixture(scope="module")
def text(night: Night) -> str:
    return morning_text(night)


def with_tables(night: Night, **tables: object) -> Night:
    """The night with some tables replaced."""
    return replace(night, tables=replace(night.tables, **tables))  # type: ignore[arg-type]


def words(text: str) -> str:
    visible = re.sub(r"<(script|style)>.*?</\1>", " ", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub("</?sub>", "", visible)).split())


def test_failures_come_before_everything_else(text: str) -> None:
    assert text.index("the solution is not electroneutral") < text.index("the file ends before") < text.index("<table")


def test_every_cell_has_a_row_with_a_link_and_a_picture(text: str, night: Night) -> None:
    for cell in {row.cell for row in night.tables.recordings}:
        assert text.count(f'<th scope="row" class="short"><a href="cells/{cell}.html">{cell}</a></th>') == 1
    assert text.count('viewBox="0 0 150 84"') == 8


def test_fits_without_a_result_are_listed_with_a_reason(text: str) -> None:
    assert finding(Code.TWO_BATHS).sentence[:60] in text
    assert text.count("Cannot tell, because") == text.lower().count("cannot tell, because")


def test_bound_has_its_sign(text: str) -> None:
    assert "PNa/PK < 0.0042" in words(text).replace("&lt;", "<")


def test_recording_that_failed_twice_is_listed_once(night: Night) -> None:
    failed = next(row for row in night.tables.recordings if row.status is Status.FAILED)
    again = night.tables.reversals[0].model_copy(update={"cell": failed.cell, "recording": failed.recording})
    again = again.model_copy(update={"status": Status.FAILED, "reason": "no recording"})
    both = with_tables(night, reversals=(*night.tables.reversals, again))
    assert len(failures_of(both)) == len(failures_of(night))


def with_status(night: Night, place: int, status: Status, **changes: object) -> Night:
    """The night with another status of one reversal potential, in both tables of recordings."""
    reversals, recordings = list(night.tables.reversals), list(night.tables.recordings)
    row = reversals[place]
    judged_so = {"status": status, "reason": "outside"}
    reversals[place] = row.model_copy(update={**judged_so, **changes})
    place = next(n for n, r in enumerate(recordings) if (r.cell, r.recording) == (row.cell, row.recording))
    recordings[place] = recordings[place].model_copy(update=judged_so)
    return with_tables(night, reversals=tuple(reversals), recordings=tuple(recordings))


def test_a_recording_without_a_reversal_potential_is_not_among_the_flagged(night: Night) -> None:
    lost = {"crossing": Crossing.EXTRAPOLATED, "e_rev_mV": None}
    changed = with_status(with_status(night, 0, Status.FLAGGED), 1, Status.NO_REVERSAL, **lost)
    used, unused = night.tables.reversals[:2]
    before = [a.place for a in no_reversal_of(night)]
    assert f"{used.cell}, {used.recording}" in [a.place for a in flagged_of(changed)]
    assert f"{unused.cell}, {unused.recording}" not in [a.place for a in flagged_of(changed)]
    assert {a.place for a in no_reversal_of(changed)} - set(before) == {f"{unused.cell}, {unused.recording}"}
    text = morning_text(changed)
    assert "Flagged; used in the fits" in text
    assert f"not used in the fits ({len(before) + 1})" in text


@pytest.mark.parametrize("changes", [{"open_error": True, "ci_low_mV": None}, {"temperature_C": None}])
def test_a_flagged_recording_that_fits_cannot_use_is_listed_so(night: Night, changes: dict[str, object]) -> None:
    changed = with_status(night, 0, Status.FLAGGED, **changes)
    row = night.tables.reversals[0]
    assert f"{row.cell}, {row.recording}" in [a.place for a in flagged_unused_of(changed)]
    assert f"{row.cell}, {row.recording}" not in [a.place for a in flagged_of(changed)]


def test_a_flagged_recording_whose_own_interval_is_open_is_used_in_the_fits(night: Night) -> None:
    changed = with_status(night, 0, Status.FLAGGED, ci_low_mV=None, own_low_mV=None)
    row = night.tables.reversals[0]
    assert f"{row.cell}, {row.recording}" in [a.place for a in flagged_of(changed)]
    assert flagged_unused_of(changed) == []


def test_a_flagged_recording_without_a_reversal_row_is_not_used_in_the_fits(night: Night) -> None:
    """As a recording that is subtracted from others."""
    changed = with_status(night, 0, Status.FLAGGED)
    changed = with_tables(changed, reversals=changed.tables.reversals[1:])
    row = night.tables.reversals[0]
    assert [a.place for a in flagged_unused_of(changed)] == [f"{row.cell}, {row.recording}"]


def test_counts_and_sign_of_a_line_are_of_the_same_recordings(rows: ModuleType, provenance: Provenance) -> None:
    """Two conditions of a cell: one measured, one without a reversal potential."""
    lost = {"status": Status.NO_REVERSAL, "reason": "outside"}
    measured, unmeasured = {"condition": "control"}, {"condition": "drug", **lost}
    recordings = (rows.recording_row("c1", "a", **measured), rows.recording_row("c1", "b", **unmeasured))
    without = rows.reversal_row("c1", "b", 5.0, e_rev_mV=None, crossing=Crossing.NONE, **unmeasured)
    reversals = (rows.reversal_row("c1", "a", 5.0), without)
    text = words(morning_text(Night(Cohort(recordings, reversals, (), ()), provenance)))
    assert "✓ 1 measured Erev in range: 1 of 1" in text
    assert "∅ 1 no reversal in range Erev in range: 0 of 1" in text
    assert "1 ok" not in text


def test_a_slope_without_a_verdict_is_listed_without_a_result_only(night: Night) -> None:
    two_baths = judged([finding(Code.TWO_BATHS)])
    undecided, flagged, *others = night.tables.nernst
    undecided = undecided.model_copy(update={"verdict": Verdict.UNDECIDED, **two_baths})
    flagged = flagged.model_copy(update={"status": Status.FLAGGED, "reason": "curved"})
    changed = with_tables(night, nernst=(undecided, flagged, *others))
    assert [a.place for a in flagged_of(changed)] == [f"{flagged.cell}, control, Nernst slope"]
    assert f"{undecided.cell}, control, Nernst slope" in [a.place for a in without_result_of(changed)]


def test_a_slope_without_a_verdict_is_no_gap_where_its_series_follows_ghk(night: Night, rows: ModuleType) -> None:
    curved = judged([finding(Code.LINE_CURVED_BY_GHK, 0.01, 0.05)])
    lines = tuple(line.model_copy(update={"verdict": Verdict.UNDECIDED, **curved}) for line in night.tables.nernst[:2])
    explained = rows.answer_row(lines[0].cell)
    changed = with_tables(night, nernst=lines, answers=(explained,))
    assert [a.place for a in without_result_of(changed) if "slope" in a.place] == [
        f"{lines[1].cell}, control, Nernst slope"
    ]
    assert not [a.place for a in flagged_of(changed) if "slope" in a.place]


def test_a_failed_fit_is_shown_as_failed(rows: ModuleType, provenance: Provenance) -> None:
    failed = {"status": Status.FAILED, "reason": "too few baths"}
    ratio = rows.permeability_row("c1", p_ratio=None, ci_low=None, ci_high=None, bound=None, **failed)
    slope = rows.nernst_row("c1", slope_ratio=None, verdict=None, **failed)
    text = morning_text(Night(Cohort((rows.recording_row("c1", "r1"),), (), (ratio,), (slope,)), provenance))
    assert text.count('<p class="failed">') == 2
    assert '<p class="flagged">' not in text


def test_names_with_markup_are_shown_as_text(night: Night) -> None:
    nasty = "<img src=x onerror=alert(1)> 'drug' \"é\" $x_1$"
    changed = with_tables(
        night,
        recordings=tuple(row.model_copy(update={"file": nasty, "reason": nasty}) for row in night.tables.recordings),
        reversals=tuple(row.model_copy(update={"condition": nasty}) for row in night.tables.reversals),
        permeabilities=tuple(row.model_copy(update={"condition": nasty}) for row in night.tables.permeabilities),
        nernst=tuple(row.model_copy(update={"condition": nasty, "reason": nasty}) for row in night.tables.nernst),
    )
    text = morning_text(changed)
    assert "<img" not in text
    assert "$x_1$" in text


def test_cell_without_a_valid_name_is_listed_without_a_link(night: Night) -> None:
    row = night.tables.recordings[0].model_copy(
        update={"cell": "../etc", "recording": "", "status": Status.FAILED, "reason": "cell '../etc' is no name"}
    )
    text = morning_text(with_tables(night, recordings=(*night.tables.recordings, row)))
    assert "cell &#39;../etc&#39; is no name" in text
    assert "cells/.." not in text


def test_empty_night_gives_a_page(provenance: Provenance) -> None:
    text = morning_text(Night(Cohort((), (), (), ()), provenance))
    assert "There are no cells." in text
    assert "Nothing failed." in text


def test_night_with_only_failures_gives_a_page(night: Night, provenance: Provenance) -> None:
    failed = tuple(
        row.model_copy(update={"status": Status.FAILED, "reason": "no file"}) for row in night.tables.recordings
    )
    text = morning_text(Night(Cohort(failed, (), (), ()), provenance))
    assert f"Failed ({len(failed)})" in text
    assert "no reversal potential" in text


def test_page_of_five_hundred_cells_is_small(many: Night) -> None:
    text = morning_text(many)
    assert len(text.encode()) < 3_000_000
    assert text.count("cells/cell499.html") == 1


def test_figures_have_three_formats_and_are_reproducible(night: Night, tmp_path: Path) -> None:
    first, second = cohort_figures(night, tmp_path / "a"), cohort_figures(night, tmp_path / "b")
    assert {path.name for path in first} == {
        f"{name}{ending}"
        for name in ("reversals_K", "permeability_Na_K", "slopes")
        for ending in (".csv", *(f"{size.ending}.{kind}" for size in SIZES for kind in ("svg", "pdf", "png")))
    }
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    svg = (tmp_path / "a" / "permeability_Na_K.svg").read_text(encoding="utf-8")
    assert ">cell003</text>" in svg
    assert b"/Font" in (tmp_path / "a" / "permeability_Na_K.pdf").read_bytes()
    head, first_cell = (tmp_path / "a" / "permeability_Na_K.csv").read_text(encoding="utf-8").splitlines()[:2]
    assert head == "cell,value control,low control,high control"
    assert first_cell == "cell000,0.02,0.0176,0.0226"


def test_morning_page_is_reproducible(night: Night, tmp_path: Path, text: str) -> None:
    morning_page(night, tmp_path / "index.html")
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == text


def test_deck_lists_failures_before_figures(night: Night, tmp_path: Path) -> None:
    import pptx

    lab_meeting_deck(tmp_path / "deck.pptx", night)
    slides = list(pptx.Presentation(str(tmp_path / "deck.pptx")).slides)
    titles = [slide.shapes.title.text for slide in slides]
    assert titles == [
        "Recordings",
        "What failed",
        "Does Erev follow [K⁺]ₒ?",
        "How large is PNa/PK?",
        "Is the slope that of the Nernst equation?",
        "Every cell",
    ]
    assert all("recorded 2026-11-20" in slide.shapes[1].text_frame.text for slide in slides)
    assert "PNa/PK = 0.0201 (95 %: 0.0183 to 0.0221, n = 8 cells)." in slides[3].shapes[3].text_frame.text
    assert all("Reversal 0.1.0" in slide.notes_slide.notes_text_frame.text for slide in slides[2:])
    pictures = [shape for slide in slides for shape in slide.shapes if shape.shape_type == 13]
    assert all(len(shape._element.find(".//{*}cNvPr").get("descr")) > 20 for shape in pictures)


def test_deck_is_reproducible(small_night: Night, tmp_path: Path) -> None:
    lab_meeting_deck(tmp_path / "a.pptx", small_night)
    lab_meeting_deck(tmp_path / "b.pptx", small_night)
    assert (tmp_path / "a.pptx").read_bytes() == (tmp_path / "b.pptx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.pptx") as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_long_reasons_fit_on_their_slide(small_night: Night, tmp_path: Path) -> None:
    import pptx

    failed = tuple(
        row.model_copy(update={"status": Status.FAILED, "reason": f"Bytes {n} to {n + 9} are not there. " * 12})
        for n, row in enumerate(small_night.tables.recordings)
    )
    lab_meeting_deck(tmp_path / "deck.pptx", with_tables(small_night, recordings=failed, findings=()))
    deck = pptx.Presentation(str(tmp_path / "deck.pptx"))
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_text_frame and shape != slide.shapes.title:
                paragraphs = shape.text_frame.paragraphs
                size = int(paragraphs[0].runs[0].font.size.pt)
                lines = [paragraph.text for paragraph in paragraphs]
                assert type_height(lines, size, shape.width.inches) <= shape.height.inches


def test_an_answer_that_a_room_cannot_read_is_not_on_the_slide() -> None:
    described = "E_rev by bath. Mean of the cells with 95 % intervals. Grey dots: cells."
    one = "E_rev was −69.0 mV (95 %: −73.3 to −64.7; n = 2 cells) in K2.5."
    assert words_on_slide(one, described) == one
    assert words_on_slide(" ".join([one] * 10), described) == "E_rev by bath. Mean of the cells with 95 % intervals."


def test_deck_of_an_empty_night_opens(provenance: Provenance, tmp_path: Path) -> None:
    import pptx

    lab_meeting_deck(tmp_path / "deck.pptx", Night(Cohort((), (), (), ()), provenance))
    assert len(pptx.Presentation(str(tmp_path / "deck.pptx")).slides) == 1


def test_a_mean_of_the_whole_current_has_its_range_in_table_and_captions(night: Night) -> None:
    (mean,) = night.tables.pooled
    leak = {"estimate_of": Current.WHOLE, "leak_low": 0.0042, "leak_high": 0.0217, "assumed_seal_GOhm": 1.0}
    whole = with_tables(night, pooled=(mean.model_copy(update=leak),))
    sentence = f"Mean of {mean.n_cells} cells, control: Whole current; with an unknown leak 0.0042 to 0.022."
    assert [sentence in one.described for one in drawn_cohort(whole)] == [False, True, False]
    text = words(morning_text(whole))
    assert sentence in text
    assert "0.0042 to 0.022" in text.split("Pooled over cells")[1]
    assert "with any leak" not in words(morning_text(night)).split("Pooled over cells")[1]


def test_a_mean_whose_range_is_open_says_that_the_leak_is_not_known(night: Night) -> None:
    (mean,) = night.tables.pooled
    not_known = {"estimate_of": Current.WHOLE, "assumed_seal_GOhm": 1.0}
    whole = with_tables(night, pooled=(mean.model_copy(update=not_known),))
    assert f"Mean of {mean.n_cells} cells, control: Whole current, leak not known." in words(morning_text(whole))


def test_a_leak_that_is_the_current_of_interest_is_not_called_unknown(night: Night) -> None:
    """With ``of_interest``, no seal is assumed, because nothing is asked about the leak."""
    (mean,) = night.tables.pooled
    whole = with_tables(night, pooled=(mean.model_copy(update={"estimate_of": Current.WHOLE}),))
    text = words(morning_text(whole))
    assert f"Mean of {mean.n_cells} cells, control: Whole current with its leak, as declared." in text
    assert "leak not known" not in text


def test_slides_have_traces_and_iv_of_one_cell_as_svg_and_png(
    small_night: Night, rows: ModuleType, tmp_path: Path
) -> None:
    import pptx

    read = {one.recording_id: one.recording for one in rows.some_outcomes() if one.recording is not None}
    measures = rows.some_measures("c1")
    example = ExampleCell("c1", read, measures.iv, measures.reversals)
    lab_meeting_deck(tmp_path / "deck.pptx", small_night, example)
    slides = list(pptx.Presentation(str(tmp_path / "deck.pptx")).slides)
    titles = [slide.shapes.title.text for slide in slides]
    assert titles[2:4] == ["Recordings of one cell: c1", "Where does the current of c1 reverse?"]
    with zipfile.ZipFile(tmp_path / "deck.pptx") as package:
        drawings = [package.read(name) for name in package.namelist() if name.endswith(".svg")]
        assert len(drawings) == len(slides) - 2  # not the title and the failures
        assert all(ElementTree.fromstring(drawing).tag.endswith("svg") for drawing in drawings)
    assert any(b"near E" in drawing for drawing in drawings)


def test_the_example_is_the_series_with_the_most_sound_reversals(night: Night) -> None:
    assert chosen_series(night.tables) == ("cell000", "default", "control")
    flagged = tuple(
        row.model_copy(update={"status": Status.FLAGGED}) if row.cell == "cell000" else row
        for row in night.tables.reversals
    )
    assert chosen_series(replace(night.tables, reversals=flagged)) == ("cell001", "default", "control")
    assert chosen_series(Cohort((), (), (), ())) is None


def test_forest_without_room_for_names_is_ordered_and_loses_no_result(provenance: Provenance, rows: ModuleType) -> None:
    for cells in (34, 40, 66, 120):
        some = rows.a_night(provenance, cells).tables
        for forest in (ratio_forest(some.permeabilities, ()), slope_forest(some.nernst, ())):
            picture = Picture(drawn_forest(forest, "forest", SLIDE_SIZE).svg("described"))
            with_result = [line for line in forest.lines if (line.value, line.low, line.high) != (None, None, None)]
            if forest.lines[0].label in picture.words:
                assert {line.label for line in forest.lines} <= set(picture.words)
                continue
            note = f"{len(with_result)} cells, in order of their values"
            (shown,) = (words for words in picture.words if words.startswith(note))
            assert ("without a result" in shown) is (len(with_result) < cells)
            top = 18.0 if forest.verdicts else 0.0  # below the key
            values = [circle.x for circle in picture.circles if circle.y > top]
            assert values == sorted(values)
            assert len(values) == sum(line.value is not None for line in with_result)
