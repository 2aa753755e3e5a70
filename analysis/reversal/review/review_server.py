"""The server of the review. It answers to one browser of this computer, and to nobody else.

Every address starts with a token that only the terminal shows. The name of the host must be that of this computer, so
that a page of another server cannot reach it under a name of its own. A request that measures or writes must come from
a page of the review. Nothing is loaded from a network, and no page can be shown inside another one.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from reversal.errors import Refusal
from reversal.experiment.faults import all_in_one, refusals
from reversal.experiment.step_settings import SheetRow
from reversal.report.text.pages import TEMPLATES
from reversal.review.cell_bench import numbers_of
from reversal.review.open_project import OpenProject
from reversal.review.review_page import (
    FOLDERS,
    LastRun,
    is_to_review,
    list_page,
    message_of,
    numbers_part,
    recording_page,
    refusal_page,
    windows_of,
)
from reversal.review.saved_sheet import ProjectChanged, SavedSheet
from reversal.review.wanted_row import WantedRow, changed_values, entry_with
from reversal.tables.files import read_table
from reversal.tables.recordings_table import RecordingRow
from reversal.tables.reversals_table import ReversalRow

if TYPE_CHECKING:
    from flask import Flask, Response

ADDRESS = "127.0.0.1"
MAX_REQUEST_BYTES = 1 << 20
THREADS = 4
HOSTS = (ADDRESS, "localhost")  # on any port: it may be another one behind a tunnel of ssh
SCRIPTS = {"cell": TEMPLATES, "review": FOLDERS[0]}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Review:
    """The review of one project: what its pages show, and what they write. One request at a time."""

    def __init__(self, config: Path, today: Callable[[], date] = date.today) -> None:
        self._open = OpenProject(config)
        self._sheet = SavedSheet()
        self._today = today
        self._one = threading.Lock()

    def state_of(self, cell: str) -> str:
        """State of the files that the page of a cell depends on; what is tried or saved names it."""
        with self._one:
            return self._open.state_of(cell)

    def list_page(self) -> str:
        """The list of the night."""
        with self._one:
            project = self._open.current()
            return list_page(project, _last_run(project.configuration.results_dir / "cohort"))

    def recording_page(self, recording: str) -> str:
        """The page of one recording."""
        with self._one:
            entry = self._open.entry_of(recording)
            state, bench = self._open.state_of(entry.cell), self._open.bench_of(entry.cell)
            row = self._open.row_of(recording)
            return recording_page(self._open.current(), row, bench.trial(entry), bench.whole(entry), state)

    def tried(self, recording: str, state: str, wanted: WantedRow) -> dict[str, Any]:
        """What a change would give. Nothing is written."""
        with self._one:
            entry = self._open.entry_of(recording)
            self._refuse_changed(entry.cell, state)
            bench = self._open.bench_of(entry.cell)
            values = changed_values(entry, wanted, numbers_of(bench.whole(entry)), "")
            trial, saved = bench.trial(entry_with(entry, values)), bench.trial(entry) if values else None
            html = numbers_part(self._open.current(), trial, saved)
            return {"html": html, "e_rev": message_of(trial), **windows_of(trial)}

    def saved(self, recording: str, state: str, wanted: WantedRow) -> dict[str, Any]:
        """Write a change into the sheet; the message for the person, and the next recording to review."""
        with self._one:
            entry = self._open.entry_of(recording)
            project = self._open.current()
            sheet = project.configuration.recordings
            self._refuse_changed(entry.cell, state)
            offered = numbers_of(self._open.bench_of(entry.cell).whole(entry))
            values = changed_values(entry, wanted, offered, self._today().isoformat())
            entry_with(entry, values)  # refused here rather than by the next run
            message = "Nothing had changed."
            if values:
                has_points = project.configuration.iv_points is not None
                made = self._sheet.write(
                    sheet, recording, values, lambda: self._is_state(entry.cell, state), has_points=has_points
                )
                kept = f" The sheet as it was before: {made}" if made else ""
                message = f"{recording} saved in {sheet}: {', '.join(values)}.{kept}"
            return {"message": message, "next": _next(self._open.current().sheet_rows, recording)}

    def _is_state(self, cell: str, state: str) -> bool:
        return self._open.state_of(cell) == state

    def _refuse_changed(self, cell: str, state: str) -> None:
        if not self._is_state(cell, state):
            raise ProjectChanged(self._open.current().configuration.recordings)


def _next(rows: tuple[SheetRow, ...], recording: str) -> str | None:
    """The next recording to review, from the start again after the last one."""
    place = next(n for n, row in enumerate(rows) if row.recording == recording)
    return next((row.recording for row in (*rows[place + 1 :], *rows[:place]) if is_to_review(row)), None)


def _last_run(folder: Path) -> LastRun:
    """Rows of the last run by recording; none if there was no run, or one of another version."""
    try:
        recordings = read_table(folder / "recordings.csv", RecordingRow)
        reversals = read_table(folder / "reversals.csv", ReversalRow)
    except (OSError, ValueError):
        return LastRun({}, {})
    return LastRun({row.recording: row for row in recordings}, {row.recording: row for row in reversals})


def review_app(review: Review, token: str) -> Flask:
    """The pages of a review as a WSGI application; ``token`` is the start of every address."""
    from flask import Flask

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    _protect(app, token)
    _add_pages(app, review)
    return app


def _protect(app: Flask, token: str) -> None:
    """Refuse whatever does not come from a page of the review, and mark every answer as for its pages only."""
    from flask import abort, g, request

    @app.url_value_preprocessor
    def take_token(_: str | None, values: dict[str, Any] | None) -> None:
        g.token = (values or {}).pop("token", "")

    @app.before_request
    def check() -> None:
        host = request.host.rpartition(":")[0] or request.host
        if host not in HOSTS or not hmac.compare_digest(g.token.encode(), token.encode()):
            abort(403)
        if request.method == "POST":
            own = request.headers.get("Origin") == f"http://{request.host}"
            if not own or request.mimetype != "application/json":
                abort(403)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response


def _add_pages(app: Flask, review: Review) -> None:
    """The pages, their scripts, and what the scripts ask for."""
    from flask import Response, abort, request

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> tuple[Response, int]:
        code = 409 if isinstance(refusal, ProjectChanged) else 422
        if request.method == "POST":
            return _json({"message": str(refusal)}), code
        return Response(refusal_page(str(refusal)), mimetype="text/html"), code

    @app.get("/<token>/")
    def night() -> Response:
        return Response(review.list_page(), mimetype="text/html")

    @app.get("/<token>/recording/<recording>")
    def one(recording: str) -> Response:
        return Response(review.recording_page(recording), mimetype="text/html")

    @app.get("/<token>/<name>.js")
    def script(name: str) -> Response:
        if name not in SCRIPTS:
            abort(404)
        return Response((SCRIPTS[name] / f"{name}.js").read_text(encoding="utf-8"), mimetype="text/javascript")

    @app.post("/<token>/recording/<recording>/try")
    def attempt(recording: str) -> Response:
        return _json(review.tried(recording, *_sent(request.get_data())))

    @app.post("/<token>/recording/<recording>/save")
    def save(recording: str) -> Response:
        return _json(review.saved(recording, *_sent(request.get_data())))


def _json(document: dict[str, Any]) -> Response:
    from flask import Response

    return Response(json.dumps(document, ensure_ascii=False), mimetype="application/json")


def _sent(body: bytes) -> tuple[str, WantedRow]:
    """State of the project that the page shows, and what the person wants."""
    try:
        document = json.loads(body)
        return str(document["state"]), WantedRow.model_validate(document["wanted"])
    except ValidationError as error:
        raise all_in_one(refusals(error, WantedRow, None)) from None
    except (ValueError, TypeError, KeyError):
        raise Refusal("the request is not one of this page", remedy="Load the page again") from None


def serve(config: Path, port: int, announce: Callable[[str], None]) -> None:
    """Answer until the process is interrupted. Raises Refusal if the project or the port cannot be used.

    port : 0 for any free one
    announce : gets the address that a person opens
    """
    from waitress.server import create_server

    review = Review(config)
    review.list_page()  # a project that cannot be read is refused before the first page
    logging.getLogger("reversal").setLevel(logging.ERROR)  # the pages show what a measurement reports
    token = secrets.token_urlsafe(24)
    try:
        server = create_server(review_app(review, token), host=ADDRESS, port=port, threads=THREADS, ident=None)
    except OSError as fault:
        raise Refusal("the port cannot be used", found=port, remedy=f"{fault.strerror}: choose another port") from None
    announce(f"http://{ADDRESS}:{server.effective_port}/{token}/")
    server.run()
