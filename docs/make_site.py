"""Gather the pages of the project and build the documentation site from them: ``make site``.

The pages stay where people look for them in the repository, README.md and config/README.md among them. MkDocs wants all
pages in one folder, so they are copied with their paths; relative links work in both places.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

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
            if path.suffix == ".ipynb":
                _write_notebook_page(path, copy)


def _write_notebook_page(notebook: Path, copy: Path) -> None:
    """Write a notebook as a page beside its copy: text, code and the outputs it was saved with."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    parts = [f"[Download this notebook]({notebook.name})"]
    for n, cell in enumerate(cells):
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
        parts += [_output(output, copy, n) for output in cell.get("outputs", [])]
    title = parts.pop(1)  # the notebook begins with its title
    copy.with_suffix(".md").write_text("\n\n".join([title, *parts]) + "\n", encoding="utf-8")


def _output(output: dict[str, Any], copy: Path, n: int) -> str:
    """One output of a cell: a picture, a table, or text."""
    data = {kind: "".join(lines) for kind, lines in output.get("data", {}).items()}
    for kind, ending in (("image/svg+xml", ".svg"), ("image/png", ".png")):
        if kind in data:
            picture = copy.with_name(f"{copy.stem}_{n}{ending}")
            picture.write_bytes(data[kind].encode() if ending == ".svg" else base64.b64decode(data[kind]))
            return f"![Output of the cell above]({picture.name})"
    if "text/html" in data:
        return data["text/html"].replace(' border="1" class="dataframe"', "")  # the theme has its own tables
    text = data.get("text/plain") or "".join(output.get("text", []))
    return f"```text\n{text.rstrip()}\n```"


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
