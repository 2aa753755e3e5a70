"""Whether the profile ``slurm`` can find out here when its jobs have ended; otherwise a run would wait for ever."""

from __future__ import annotations

import re
import subprocess

from reversal.errors import Refusal

ASKED_EVERY_S = 180  # longest time between two questions of the plugin about its jobs
ANSWERS_WITHIN_S = 60


def check_slurm() -> None:
    """Raise Refusal if there is no Slurm here, or if it forgets ended jobs before the run asks for them."""
    words = ["scontrol", "show", "config"]
    try:
        answer = subprocess.run(words, capture_output=True, text=True, timeout=ANSWERS_WITHIN_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise Refusal(
            "Slurm was not found here", found=fault, remedy="Run the command on the login node of the cluster"
        ) from fault
    if answer.returncode != 0:
        raise Refusal("Slurm does not answer", found=answer.stderr.strip(), remedy="Ask those who run the cluster")
    kept_s = int(_setting(answer.stdout, "MinJobAge", "([0-9]+)") or ASKED_EVERY_S)
    accounting = _setting(answer.stdout, "AccountingStorageType", "(\\S+)")
    if kept_s < ASKED_EVERY_S and accounting in (None, "(null)", "accounting_storage/none"):
        raise Refusal(
            "this cluster has no accounting and forgets ended jobs too early",
            found=f"MinJobAge = {kept_s} s",
            expected=f"{ASKED_EVERY_S} s or more",
            remedy="Ask those who run the cluster to raise MinJobAge in slurm.conf",
        )


def _setting(text: str, name: str, value: str) -> str | None:
    found = re.search(rf"^{name}\s*=\s*{value}", text, re.MULTILINE)
    return found[1] if found else None
