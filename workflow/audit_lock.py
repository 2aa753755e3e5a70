"""Compare the locked libraries with security advisories in a folder or a zip file, on a computer without a network.

The advisories are records of the OSV schema, one JSON file each, as the databases of Python advisories are published; a
person brings the copy. Prints each advisory that applies; the exit code is then 1. It is 2 if no record is about any
locked library, because then nothing was compared.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def records_in(place: Path) -> Iterator[Mapping[str, Any]]:
    """Records of a folder, also below it, or of a zip file."""
    if place.is_dir():
        yield from (json.loads(path.read_text(encoding="utf-8")) for path in sorted(place.rglob("*.json")))
        return
    with zipfile.ZipFile(place) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".json"))
        yield from (json.loads(archive.read(name)) for name in names)


def applies(affected: Mapping[str, Any], version: str) -> bool:
    """Whether a version is one of the affected ones, by their list or by their ranges."""
    ranges = [found["events"] for found in affected.get("ranges", ()) if found.get("type") == "ECOSYSTEM"]
    return version in affected.get("versions", ()) or any(_is_in(events, Version(version)) for events in ranges)


def _is_in(events: list[Mapping[str, str]], version: Version) -> bool:
    """Whether a version follows the introduction of a fault without its repair; events are in order of versions."""
    is_affected = False
    for event in events:
        for kind, of_event in event.items():
            try:
                reached = of_event == "0" or version >= Version(of_event)
            except InvalidVersion:
                continue
            if kind == "introduced" and reached:
                is_affected = True
            elif (kind == "fixed" and reached) or (
                kind == "last_affected" and reached and version != Version(of_event)
            ):
                is_affected = False
    return is_affected


def audit(lock: str, place: Path) -> tuple[list[str], int]:
    """Advisories that apply to the locked libraries, and the number of records about any of them."""
    pins = {canonicalize_name(name): version for name, version in PIN.findall(lock)}
    found, about = [], 0
    for record in records_in(place):
        for affected in record.get("affected", ()):
            package = affected.get("package", {})
            name = canonicalize_name(package.get("name", ""))
            if package.get("ecosystem") != "PyPI" or name not in pins:
                continue
            about += 1
            if "withdrawn" not in record and applies(affected, pins[name]):
                found.append(f"{name} {pins[name]}: {record['id']} {record.get('summary', '')}".rstrip())
    return found, about


def main(lock: str, place: str) -> int:
    """Print the advisories that apply, and how many records were compared."""
    found, about = audit(Path(lock).read_text(encoding="utf-8"), Path(place))
    print("\n".join([*found, f"{about} records are about locked libraries; {len(found)} apply."]))
    return 2 if not about else int(bool(found))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
