"""The figures that may be open to all as a file, and a description of that file for catalogues of data.

The description follows DCAT-AP-SE 3.0.1 (https://docs.dataportal.se/dcat/3.0.1/sv/): what is mandatory there is here
as soon as the organisation has filled in its facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from timethief.domain.disclosure import ROUNDED_TO, first_day
from timethief.domain.open_data import OpenFigure, OpenPart
from timethief.domain.publication import Cell
from timethief.domain.small_units import SMALLEST_UNIT
from timethief.i18n import gettext, language
from timethief.queries.open_data import OpenData
from timethief.queries.report_figures import MonthOfReports
from timethief.reports.labels import labels
from timethief.reports.open_data import part_name
from timethief.reports.report_figures import part_of_month

Json = dict[str, Any]
_CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_LANGUAGES = {"sv": "SWE", "en": "ENG"}
_PUBLISHER_TYPES = {
    "municipality": "LocalAuthority",
    "region": "RegionalAuthority",
    "state_agency": "NationalAuthority",
    "other": "Company",
}


def title(found: OpenData) -> str:
    """What the data are called."""
    return gettext("Administrative tasks of %(organisation)s", organisation=found.organisation)


def description(found: OpenData) -> str:
    """What the data are, in two sentences."""
    return gettext(
        "Time and cost a year of the administrative tasks that %(organisation)s has mapped: who asks for them, which "
        "of them are time thieves and why. Figures of fewer than %(smallest)s tasks or reports are left out.",
        organisation=found.organisation,
        smallest=found.smallest,
    )


def open_data_document(found: OpenData) -> Json:
    """The file: what it is, and the figures of each view."""
    return {
        "metadata": _metadata(found),
        "total": None if found.requesters is None else _figure(found.requesters.figure),
        "by_requester": _view(found, found.requesters),
        "by_verdict": _view(found, found.verdicts),
        "by_cause": _view(found, found.causes),
        "by_unit": _view(found, found.units),
        "anonymous_reports": [_month(month) for month in found.months],
    }


def _metadata(found: OpenData) -> Json:
    months = sorted(month.month for month in found.months)
    return {
        "title": title(found),
        "description": description(found),
        "language": language(),
        "organisation": {"code": found.code, "name": found.organisation, "kind": found.kind},
        "period": {
            "tasks_as_of": found.day.isoformat(),
            "reports_first_month": months[0] if months else None,
            "reports_last_month": months[-1] if months else None,
        },
        "licence": found.facts.licence.address if found.facts.licence else None,
        "licence_note": gettext(
            "The organisation decides whether this is published, and under which licence. Without one, nobody may use it."
        ),
        "method": {
            "policy_version": found.policy_version,
            "hours_of_a_full_time_equivalent": found.fte_hours,
        },
        "units_of_measurement": {
            "tasks": gettext("number of tasks, rounded to %(step)s", step=ROUNDED_TO),
            "hours": gettext("likely working hours a year, two digits that count"),
            "sek": gettext("kronor a year, two digits that count"),
            "fte": gettext("full-time equivalents"),
            "reports": gettext(
                "number of reports in the month, rounded to %(step)s", step=ROUNDED_TO
            ),
        },
        "privacy": {
            "smallest_count": found.smallest,
            "smallest_unit": SMALLEST_UNIT,
            "note": gettext(
                "No texts, no persons and no single reports are here. Parts that are too few are counted together as "
                "the rest. Numbers are rounded and do not add up exactly."
            ),
        },
        "definitions": {name: labels(name) for name in ("level", "verdict", "cause")},
    }


def _view(found: OpenData, part: OpenPart | None) -> list[Json]:
    """The parts one after the other, each with that which it is a part of; the rest of each behind its parts."""
    return [] if part is None else list(_rows(found, part))


def _rows(found: OpenData, part: OpenPart) -> Iterator[Json]:
    for each in part.parts:
        name = part_name(found, each.key)
        yield {"key": each.key, "label": name, "part_of": part.key} | _figure(each.figure)
        yield from _rows(found, each)
    if part.rest is not None and part.parts:
        rest = {"key": "rest", "label": gettext("All others together"), "part_of": part.key}
        yield rest | _figure(part.rest)


def _figure(figure: OpenFigure) -> Json:
    return asdict(figure)


def _month(month: MonthOfReports) -> Json:
    return {
        "month": month.month,
        "total": None if month.total is None else _cell(month.total),
        "views": {
            view: [
                {"key": line.key, "label": part_of_month(view, line)} | _cell(line.cell)
                for line in lines
            ]
            for view, lines in month.views.items()
        },
    }


def _cell(cell: Cell) -> Json:
    """Of reports; null is not shown."""
    return {"reports": cell.reports, "hours": cell.hours}


def catalogue_document(found: OpenData, here: str) -> Json:
    """The description in JSON-LD: a catalogue with the one data set.

    Args:
        found: what is described.
        here: address that names what is described, of this installation.
    """
    own, facts = f"{here}#{found.code}", found.facts
    address = facts.address or here
    spoken = {"@language": language()}
    terms = {"@id": facts.licence.address} if facts.licence else None
    publisher: Json = {
        "@id": f"{own}-publisher",
        "@type": "foaf:Agent",
        "foaf:name": found.organisation,
        "dcterms:type": {
            "@id": f"http://purl.org/adms/publishertype/{_PUBLISHER_TYPES[found.kind]}"
        },
    }
    distribution: Json = {
        "@id": f"{own}-json",
        "@type": "dcat:Distribution",
        "dcterms:title": {**spoken, "@value": title(found)},
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcterms:format": "application/json",
        "dcat:mediaType": {"@id": "http://www.iana.org/assignments/media-types/application/json"},
    }
    dataset: Json = {
        "@id": f"{own}-data",
        "@type": "dcat:Dataset",
        "dcterms:title": {**spoken, "@value": title(found)},
        "dcterms:description": {**spoken, "@value": description(found)},
        "dcterms:publisher": {"@id": publisher["@id"]},
        "dcterms:identifier": f"timethief-{found.code}",
        "dcterms:language": {"@id": f"{_AUTHORITY}language/{_LANGUAGES[language()]}"},
        "dcterms:modified": _day(found.day.isoformat()),
        "dcterms:accessRights": {"@id": f"{_AUTHORITY}access-right/PUBLIC"},
        "dcterms:temporal": _period(found),
        "dcat:theme": {"@id": f"{_AUTHORITY}data-theme/GOVE"},
        "dcat:keyword": [{**spoken, "@value": word} for word in _keywords()],
        "dcat:distribution": {"@id": distribution["@id"]},
    }
    catalogue: Json = {
        "@id": f"{own}-catalogue",
        "@type": "dcat:Catalog",
        "dcterms:title": {**spoken, "@value": title(found)},
        "dcterms:description": {**spoken, "@value": description(found)},
        "dcterms:publisher": {"@id": publisher["@id"]},
        "dcterms:language": {"@id": f"{_AUTHORITY}language/{_LANGUAGES[language()]}"},
        "dcterms:modified": _day(found.day.isoformat()),
        "dcat:themeTaxonomy": {"@id": f"{_AUTHORITY}data-theme"},
        "dcat:dataset": {"@id": dataset["@id"]},
    }
    graph = [catalogue, publisher, dataset, distribution]
    if terms is not None:
        catalogue["dcterms:license"] = distribution["dcterms:license"] = terms
    if facts.contact and facts.email:
        dataset["dcat:contactPoint"] = {"@id": f"{own}-contact"}
        graph.append(
            {
                "@id": f"{own}-contact",
                "@type": "vcard:Organization",
                "vcard:fn": facts.contact,
                "vcard:hasEmail": {"@id": f"mailto:{facts.email}"},
            }
        )
    return {"@context": _CONTEXT, "@graph": graph}


def _keywords() -> list[str]:
    return [gettext("administration"), gettext("working time"), gettext("reporting burden")]


def _period(found: OpenData) -> Json:
    first = min((month.month for month in found.months), default=None)
    start = found.day if first is None else min(first_day(first), found.day)
    return {
        "@type": "dcterms:PeriodOfTime",
        "dcat:startDate": _day(start.isoformat()),
        "dcat:endDate": _day(found.day.isoformat()),
    }


def _day(text: str) -> Json:
    return {"@type": "xsd:date", "@value": text}
