"""``reversal review`` opens a local page on which a person goes through the night."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reversal.errors import Refusal

CONFIG = Path("config/config.yaml")
LIBRARIES = ("flask", "waitress", "lxml")


def add_review(subparsers: Any) -> None:
    """Add ``review`` to the subcommands of ``reversal``."""
    text = "go through the recordings of a project on a local page"
    review = subparsers.add_parser(
        "review",
        help=text,
        description=f"{text[0].upper()}{text[1:]}: move the window, leave out sweeps, accept, exclude or annotate. "
        "What you save is written into the recording sheet; the next run repeats only the cells that it concerns. "
        "The page is served to this computer only, and nothing is loaded from a network.",
    )
    review.add_argument("--config", type=Path, default=CONFIG, help="configuration (default %(default)s)")
    review.add_argument("--port", type=int, default=0, help="port of the page (default: any free one)")
    review.add_argument("--open", action="store_true", help="open the page in the browser")
    review.set_defaults(run=_review)


def _review(options: argparse.Namespace) -> None:
    refuse_without_libraries()
    from reversal.review.review_server import serve

    def announce(address: str) -> None:
        print(
            f"Open this page in a browser: {address}\nThe address works on this computer only. Ctrl-C ends it.",
            flush=True,
        )
        if options.open:
            import webbrowser

            webbrowser.open(address)

    serve(options.config, options.port, announce)


def refuse_without_libraries() -> None:
    """Raise Refusal if the extra ``review`` is not installed."""
    absent = [name for name in LIBRARIES if find_spec(name) is None]
    if absent:
        raise Refusal(
            f"the review needs libraries that are not installed: {', '.join(absent)}",
            remedy="Install the extra: pip install 'reversal[review]'. Every other command works without it",
        )
