"""A headless Chromium, driven over its debugging pipe: no driver, no further package."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,800",
    "--remote-debugging-pipe",
)
PATIENCE_S = 30.0


@dataclass
class PageLog:
    """Requests and error messages of the browser for a page."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Browser:
    """One tab; messages are JSON ended by a zero byte, as the DevTools protocol has them on a pipe."""

    def __init__(self, program: str, profile: Path) -> None:
        to_read, self._send = _high_pipe()
        self._receive, to_write = _high_pipe()

        def wire() -> None:
            os.dup2(to_read, 3)
            os.dup2(to_write, 4)

        self._process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(3, 4),
            preexec_fn=wire,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self.page_log = PageLog()
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.ask(f"{domain}.enable")
        size = {"width": 1280, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", **size)

    def open(self, page: Path | str) -> PageLog:
        """Load a page and wait until it is drawn; returns its requests and error messages.

        page : a file, or an address
        """
        self.page_log = PageLog()
        self.open_without_script(page)
        self.value("new Promise(done => requestAnimationFrame(() => setTimeout(() => done(1), 50)))")
        return self.page_log

    def open_without_script(self, page: Path | str) -> None:
        """Load a page of which no script runs."""
        self._loaded = False
        self.ask("Page.navigate", url=page.as_uri() if isinstance(page, Path) else page)
        self.wait_for_load()

    def wait_for_load(self) -> None:
        """Wait until the page that is being loaded is there."""
        deadline = time.monotonic() + PATIENCE_S
        while not self._loaded:
            self._next(deadline)

    def look(self, width: int, scheme: str) -> None:
        """Width of the window, and light or dark colours, for the pages that are opened next."""
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        self.ask("Emulation.setDeviceMetricsOverride", **size)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def value(self, expression: str) -> Any:
        """Value of a JavaScript expression on the page."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and wait for its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session is not None and not method.startswith("Target."):
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE_S
        while True:
            answer = self._next(deadline)
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return answer["result"]

    def close(self) -> None:
        """End the browser."""
        os.close(self._send)
        self._process.terminate()
        self._process.wait(PATIENCE_S)
        os.close(self._receive)

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._receive], [], [], max(deadline - time.monotonic(), 0.0))
            chunk = os.read(self._receive, 1 << 16) if ready else b""
            if not chunk:
                raise TimeoutError("the browser gave no answer")
            self._buffer += chunk
        text, self._buffer = self._buffer.split(b"\0", 1)
        message: dict[str, Any] = json.loads(text)
        self._note(message)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Network.requestWillBeSent":
            self.page_log.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.page_log.errors.append(str(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.page_log.errors.append(str(params["args"]))
        elif method == "Log.entryAdded":
            self.page_log.errors.append(params["entry"]["text"])


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser is installed: none of {', '.join(BROWSERS)} was found")
    opened = Browser(program, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


def _high_pipe() -> tuple[int, int]:
    """Pipe whose file descriptors are not 3 and 4, which the browser uses."""
    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in ends)
    for end in ends:
        os.close(end)
    return high[0], high[1]
