"""I–V points that were measured before, of all recordings in one table: recording, v_mV, i_pA and, if known, se_pA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from reversal.experiment.closed_model import ConfigurationRefused
from reversal.experiment.faults import value_faults
from reversal.experiment.sheet_text import fields_of, separator_of
from reversal.experiment.step_settings import GivenPoint

COLUMNS = ("recording", "v_mV", "i_pA")
MIN_POINTS = 3  # two points have no error, and one no crossing


def read_points(path: Path) -> Mapping[str, tuple[GivenPoint, ...]]:
    """Points by recording, sorted by voltage. Raises ConfigurationRefused for a table that cannot be used."""
    found: dict[str, list[GivenPoint]] = {}
    for recording, point in _points(path):
        found.setdefault(recording, []).append(point)
    for recording, points in found.items():
        _check(recording, points, path)
    return {name: tuple(sorted(points, key=lambda point: point.v_mV)) for name, points in found.items()}


def _points(path: Path) -> Iterator[tuple[str, GivenPoint]]:
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise ConfigurationRefused("the table of I–V points is not a file", file=path)
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationRefused("the table of I–V points is missing", file=path) from None
    except OSError as fault:
        raise ConfigurationRefused(
            "the table of I–V points cannot be opened", file=path, found=fault.strerror
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationRefused("the table of I–V points is not UTF-8", file=path) from None
    for number, row in _rows(text, path):
        values = {name: row[name] for name in ("v_mV", "i_pA", "se_pA") if row.get(name)}
        try:
            yield row.get("recording", ""), GivenPoint.model_validate(values)
        except ValidationError as error:
            faults = "; ".join(sentence for _, sentence in value_faults(error))
            raise ConfigurationRefused(faults, file=path, place=f"row {number}") from None


def _rows(text: str, path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines of the table that are not empty, by number, with their values by column."""
    first = text.split("\n", 1)[0]
    lines = fields_of(path, text, separator_of(first), what="the table of I–V points")
    titles = lines[0][1] if lines else []
    missing = [name for name in COLUMNS if name not in titles]
    if missing:
        raise ConfigurationRefused(
            "a column of the table of I–V points is missing", file=path, found=first, expected=", ".join(missing)
        )
    for number, values in lines[1:]:
        if any(values):
            yield number, dict(zip(titles, values, strict=False))


def _check(recording: str, points: list[GivenPoint], path: Path) -> None:
    place = f"recording {recording}"
    if len({point.v_mV for point in points}) < MIN_POINTS:
        raise ConfigurationRefused(
            "the I–V has too few voltages", file=path, place=place, expected=f"at least {MIN_POINTS}"
        )
    if len({point.se_pA is None for point in points}) > 1:
        raise ConfigurationRefused(
            "some points of the I–V have an error and others have none",
            file=path,
            place=place,
            remedy="Give se_pA for every point of the recording, or for none",
        )
