"""The documentation site is built without a broken link, and its pages load nothing from a network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

LOADED = re.compile(r"""<(?:script|img|iframe|link)\b[^>]*?\b(?:src|href)=["']?(https?://[^"'\s>]+)""")


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs", reason="mkdocs is not installed")
    folder = tmp_path_factory.mktemp("site")
    code = f"from pathlib import Path; import make_site; raise SystemExit(make_site.build_site(Path({str(folder)!r})))"
    built = subprocess.run([sys.executable, "-c", code], cwd=root / "docs", capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


def test_every_page_of_the_docs_is_in_the_site(root: Path, site: Path) -> None:
    pages = {path.relative_to(root).with_suffix(".html") for path in (root / "docs").rglob("*.md")}
    assert pages <= {path.relative_to(site) for path in site.rglob("*.html")}


def test_the_notebook_is_a_page_with_its_outputs(root: Path, site: Path) -> None:
    page = (site / "docs" / "notebook.html").read_text(encoding="utf-8")
    pictures = re.findall(r'<img[^>]*src="(notebook_[0-9]+[.]svg)"', page)
    saved = (root / "docs" / "notebook.ipynb").read_text(encoding="utf-8").count('"image/svg+xml"')
    assert len(pictures) == saved > 0
    assert all((site / "docs" / name).is_file() for name in pictures)
    assert "<table" in page
    assert (site / "docs" / "notebook.ipynb").is_file()


def test_the_menu_has_every_page_and_the_first_report(site: Path) -> None:
    menu = set(re.findall(r'href="([^"#]+[.]html)"', (site / "index.html").read_text(encoding="utf-8")))
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")} - {"404.html", "index.html"}
    assert pages <= menu
    assert {"docs/first_report.html", "docs/notebook.html"} <= menu


def test_every_picture_of_the_site_is_there(site: Path) -> None:
    pictures = {
        (page, source)
        for page in site.rglob("*.html")
        for source in re.findall(r'<img[^>]*\bsrc="([^":]+)"', page.read_text(encoding="utf-8"))
    }
    assert {(page.name, source) for page, source in pictures if not (page.parent / source).is_file()} == set()
    assert any(page.name == "index.html" for page, _ in pictures)


def test_pages_of_the_site_load_nothing_from_a_network(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    loaded = {page.name: LOADED.findall(page.read_text(encoding="utf-8")) for page in pages}
    assert {name: found for name, found in loaded.items() if found} == {}
