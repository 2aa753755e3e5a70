"""The command that reports the end of a run."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence

from reversal.errors import Refusal

LONGEST_S = 60
VARIABLE_CHARACTERS = 30_000  # Linux allows 128 kB in one variable, and a character may have 4 bytes


def command_of(text: str) -> list[str]:
    """Words of a command; quotes group words as in a shell, and nothing else has a meaning.

    >>> command_of("mail -s 'Last night' lab@example.org")
    ['mail', '-s', 'Last night', 'lab@example.org']
    """
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if not words:
        raise Refusal("--notify has no command that can be read", found=text, remedy="Check its quotes")
    return words


def notify(command: Sequence[str], code: int, sentences: Sequence[str]) -> None:
    """Run the command with the summary of the run; a command that fails is reported and changes nothing.

    The summary contains what users wrote, such as names of files. It is therefore never a word of the command: the
    command reads it on its standard input, or in REVERSAL_SUMMARY, which has only the end of a very long summary.
    """
    from reversal.steps.run_lock import ABOVE

    summary = "\n".join([meaning(code), *sentences]).replace("\0", "")
    text = summary.encode("utf-8", errors="replace").decode("utf-8")
    variables = {"REVERSAL_SUMMARY": text[-VARIABLE_CHARACTERS:], "REVERSAL_EXIT_CODE": str(code)}
    inherited = {name: value for name, value in os.environ.items() if name != ABOVE}  # a run that it starts goes on
    try:
        subprocess.run(
            command,
            input=f"{text}\n".encode(),
            env={**inherited, **variables},
            timeout=LONGEST_S,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as fault:
        print(f"The command of --notify failed: {fault}", file=sys.stderr)


def meaning(code: int) -> str:
    """An exit code of ``reversal run`` in words."""
    known = {0: "the run is complete.", 1: "the run is incomplete.", 2: "nothing was run."}
    return f"Reversal: {known.get(code, f'the run ended with exit code {code}.')}"
