"""The atlas as one file, without or with the numbers of a project."""

from __future__ import annotations

from pathlib import Path

from reversal.atlas.atlas_page import sections_text
from reversal.atlas.your_data import with_your_data
from reversal.report.text.pages import write_page
from reversal.tables.results import Cohort


def write_atlas(path: Path, cohort: Cohort | None = None) -> None:
    """Write the atlas, complete or not at all.

    cohort : tables of a project whose numbers the sections show
    """
    write_page(path, with_your_data(sections_text(), cohort))
