"""Gather the pages of the project and build the documentation site from them: ``make site``.

The pages stay where people look for them in the repository, README.md and config/README.md among them. MkDocs wants all
pages in one folder, so they are copied with their paths; relative links work in both places.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "build" / "pages"
SITE = ROOT / "build" / "site"
PATTERNS = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "CITATION.cff",
    "config/README.md",
    "docs/**/*.md",
    "docs/**/*.svg",
    "docs/**/*.png",
    "docs/**/*.ipynb",
    "examples/README.md",
    "tests/real/hcn/README.md",
)


def gather_pages(folder: Path) -> None:
    """Copy every page and picture into a new folder, with its path in the repository."""
    shutil.rmtree(folder, ignore_errors=True)
    for pattern in PATTERNS:
        for path in sorted(ROOT.glob(pattern)):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def build_site(site: Path) -> int:
    """Build the site; a link to nothing is an error. Exit code of MkDocs."""
    gather_pages(PAGES)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--clean", "--site-dir", str(site)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    code = build_site(SITE)
    if code == 0:
        print(f"The site is in {SITE.relative_to(ROOT)}. It needs no network; its search needs a server, for example")
        print(f"python -m http.server --bind 127.0.0.1 --directory {SITE.relative_to(ROOT)} 8000")
    sys.exit(code)
