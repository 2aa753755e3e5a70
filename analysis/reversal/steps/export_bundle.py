"""What a paper needs of a project, in one ZIP file: an RO-Crate with tables, figures, settings, versions, checksums.

The bundle has the tables of the cells and of the cohort, pages and figures, the configuration with its sheet and
solutions, and what the NWB export wrote, if it did. It does not have raw recordings: their names and SHA-256 are in
the tables. ``ro-crate-metadata.json`` (RO-Crate 1.1) describes every file, and `sha256sum -c SHA256SUMS` checks them.
The same files give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from reversal.experiment.closed_model import ClosedModel
from reversal.experiment.project import Project
from reversal.steps.software_versions import versions
from reversal.tables.whole_file import whole_file

FOLDERS_OF_RESULTS = ("cohort", "cells", "nwb")
NOT_COPIED = (".h5", ".log", ".tmp")  # the copies of the recordings are large, and are in the NWB files
TABLE, PAGE, PICTURE = "text/csv", "text/html", "image/svg+xml"
MEDIA = {
    ".csv": TABLE,
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".html": PAGE,
    ".pdf": "application/pdf",
    ".svg": PICTURE,
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".nwb": "application/x-hdf5",
    ".txt": "text/plain",
}
FIRST_TIME = (1980, 1, 1, 0, 0, 0)  # of every file in the archive, so that it is the same each time
METADATA, CHECKSUMS, VERSIONS = "ro-crate-metadata.json", "SHA256SUMS", "versions.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"


class BundleSettings(ClosedModel):
    """Where the files of a project are, and its configuration as it was used: Snakemake does not keep its file."""

    configuration: dict[str, object]
    inputs: tuple[Path, ...]
    digest: str

    @classmethod
    def of(cls, project: Project) -> BundleSettings:
        """The settings of a project."""
        used = project.configuration
        inputs = [used.recordings, used.solutions, *([used.ions] if used.ions else [])]
        as_json = used.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        return cls(configuration=as_json, inputs=tuple(inputs), digest=project.digest)


def write_bundle(settings: BundleSettings, results: Path, reports: Path, bundle: Path) -> None:
    """Write the archive, whole or not at all."""
    made = {
        VERSIONS: _json({"versions": versions(), "configuration_hash": settings.digest}),
        "config/config.json": _json(settings.configuration),
    }
    files = dict(_files(settings, results, reports))
    sizes = {name: path.stat().st_size for name, path in files.items()} | {name: len(b) for name, b in made.items()}
    sums = {name: _sha256(path) for name, path in files.items()}
    sums |= {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}
    made[METADATA] = _json(_crate(sizes, sums, settings.digest))
    sums[METADATA] = hashlib.sha256(made[METADATA]).hexdigest()
    made[CHECKSUMS] = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
    with whole_file(bundle) as target, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(made.items()):
            archive.writestr(_entry(name), content)
        for name, path in sorted(files.items()):
            with archive.open(_entry(name), "w", force_zip64=True) as stream, path.open("rb") as source:
                while piece := source.read(1 << 20):
                    stream.write(piece)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _files(settings: BundleSettings, results: Path, reports: Path) -> Iterator[tuple[str, Path]]:
    """Name in the archive and path of every file that is copied."""
    for path in settings.inputs:
        if path.is_file():
            yield f"config/{path.name}", path
    for folder in FOLDERS_OF_RESULTS:
        yield from _below(results / folder, f"results/{folder}")
    yield from _below(reports, "reports")


def _below(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in NOT_COPIED and not path.name.startswith("."):
            yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _crate(sizes: Mapping[str, int], sums: Mapping[str, str], digest: str) -> dict[str, object]:
    """Description of the archive by RO-Crate 1.1."""
    names = sorted(sizes)
    software = {
        "@id": "#reversal",
        "@type": "SoftwareApplication",
        "name": "reversal",
        "version": versions()["reversal"],
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": "Reversal potentials and permeability ratios",
        "description": f"Tables, figures and settings of an analysis with Reversal; configuration hash {digest}",
        "hasPart": [{"@id": name} for name in names],
        "mentions": {"@id": "#analysis"},
    }
    action = {
        "@id": "#analysis",
        "@type": "CreateAction",
        "name": "Analysis",
        "instrument": {"@id": "#reversal"},
        "object": [{"@id": name} for name in names if name.startswith("config/")],
        "result": [{"@id": name} for name in names if not name.startswith("config/")],
    }
    descriptor = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    parts: Sequence[dict[str, object]] = [
        {
            "@id": name,
            "@type": "File",
            "name": name.rsplit("/", 1)[-1],
            "contentSize": str(sizes[name]),
            "encodingFormat": MEDIA.get(Path(name).suffix, "application/octet-stream"),
            "sha256": sums[name],
        }
        for name in names
    ]
    return {"@context": CONTEXT, "@graph": [descriptor, root, software, action, *parts]}


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
