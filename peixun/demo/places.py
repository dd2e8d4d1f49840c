"""The real places: public statistical codes of one city's divisions, thinned evenly below scale 1.0."""

import csv
from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple

from peixun.demo.size import Size

TOWNSHIPS, SUBDISTRICTS, COMMUNITIES, VILLAGES = 69, 9, 158, 702


class Place(NamedTuple):
    """A division: its code, its name without the words for its office, and the code above it."""

    code: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class Places:
    """The divisions of the city by level."""

    counties: list[Place]
    townships: list[Place]
    subdistricts: list[Place]
    communities: list[Place]
    villages: list[Place]


def read_places(size: Size) -> Places:
    """The places of a city of this size; every county has at least one township or sub-district with places below."""
    by_level: dict[str, list[Place]] = {}
    text = resources.files("peixun.demo").joinpath("data/divisions-6204.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        place = Place(row["code"], _plain_name(row["name"], row["level"]), row["parent_code"])
        by_level.setdefault(row["level"], []).append(place)
    counties = by_level["县区"]
    # Two at least, in one county: one of them is merged into the other in 2018.
    townships = _thin(sorted(by_level["镇"] + by_level["乡"]), size.fixed(TOWNSHIPS, least=2))
    subdistricts = _thin(by_level["街道"], size.fixed(SUBDISTRICTS))
    kept = {place.code for place in (*townships, *subdistricts)}
    villages = [place for place in by_level["村委会"] if place.parent in kept]
    communities = [place for place in by_level["居委会"] if place.parent in kept]
    return Places(
        counties=counties,
        townships=townships,
        subdistricts=subdistricts,
        communities=_thin(communities, size.fixed(COMMUNITIES)),
        villages=_thin(villages, size.fixed(VILLAGES)),
    )


def _thin(places: list[Place], count: int) -> list[Place]:
    """So many of the places, spread evenly; few of them lie next to each other, so that they share a county."""
    if count >= len(places):
        return places
    if count <= 3:
        start = len(places) // 2
        return places[start : start + count]
    step = len(places) / count
    return [places[int(index * step)] for index in range(count)]


def _plain_name(name: str, level: str) -> str:
    if level == "居委会":
        return name.removesuffix("居民委员会")
    if level == "村委会":
        plain = name.removesuffix("村村民委员会")
        return f"{plain}村" if plain != name else name.removesuffix("民委员会")
    return name
