"""Page of one cell as self-contained HTML."""

from __future__ import annotations

from reversal.report.cell.answers import NO_USABLE_REVERSAL, counts_sentence
from reversal.report.cell.cell_figures import CellFigures
from reversal.report.cell.cell_story import CellStory
from reversal.report.cell.viewer_data import viewer_data
from reversal.report.text.atlas_links import ATLAS_PAGE
from reversal.report.text.pages import rendered
from reversal.tables.status import Status


def cell_page(story: CellStory, figures: CellFigures) -> str:
    """The report as an HTML document."""
    return rendered(
        "cell.html.j2",
        cell=story.cell,
        counts=counts_sentence(story.recordings),
        troubles=story.troubles,
        something_failed=any(trouble.status is Status.FAILED for trouble in story.troubles),
        facts=story.facts,
        no_facts=NO_USABLE_REVERSAL,
        all_series=figures.series,
        sweeps=figures.sweeps,
        budget=figures.budget,
        limits=story.limits,
        viewer=viewer_data(story.panels, story.points),
        numbers=story.numbers,
        cross_checks=story.cross_checks,
        quality=story.quality,
        origins=story.origins,
        warnings=story.warnings,
        provenance=story.provenance,
        atlas=f"../{ATLAS_PAGE}" if story.provenance.atlas else "",
        script="cell.js",
    )
