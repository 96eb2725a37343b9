"""The forms of the admin's pages as a browser sends them, and what the pages answer."""

from typing import Any

from django.test import Client

from campaign.models import (
    Campaign,
)
from tests.importing import address

CAMPAIGN = {
    "name": "44 ngày đêm",
    "slug": "44-ngay",
    "plan_reference": "",
    "notice": "",
    "starts_on": "01/07/2023",
    "ends_on": "13/08/2023",
    "weekdays": "1234567",
    "opens_at": "00:00",
    "due_at": "18:30",
    "closes_at": "23:59:59",
    "editable_days": "2",
    "asks_difficulties": "asked",
    "asks_proposals": "asked",
    "asks_evidence_url": "asked",
    "remind_before": "60",
    "remind_after": "30",
    "quiet_from": "21:00",
    "quiet_to": "06:30",
    "digest_at": "19:00",
    "help_due_days": "3",
    "help_retention_days": "30",
}


def lines(prefix: str, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """Return the fields of an inline."""
    form: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(rows),
        f"{prefix}-INITIAL_FORMS": initial,
    }
    # What a browser sends of a list of which nothing else was chosen.
    chosen = {"aggregation": "sum"} if prefix == "indicators" else {}
    for n, row in enumerate(rows):
        form |= {f"{prefix}-{n}-{name}": value for name, value in {**chosen, **row}.items()}
    return form


def indicator_lines(campaign: Campaign, **changed: dict[str, Any]) -> dict[str, Any]:
    """Return the indicators of a campaign as its page shows them, with changes by code."""
    rows = []
    for indicator in campaign.indicators.all():
        terms = {t.source.code: t.factor for t in indicator.terms.all()}
        row = {
            "id": indicator.pk,
            "order": indicator.order,
            "code": indicator.code,
            "label": indicator.label,
            "measure": indicator.measure,
            "aggregation": indicator.aggregation,
            "part_of": indicator.at_most.code if indicator.at_most else "",
            "formula": " ".join(f"{factor:+d}*{code}" for code, factor in terms.items()),
        }
        for name in ("required", "is_headline", "in_police_csv"):
            if getattr(indicator, name):
                row[name] = "on"
        row |= changed.get(indicator.code, {})
        rows.append({name: value for name, value in row.items() if value is not None})
    return lines("indicators", *rows, initial=len(rows))


def campaign_form(campaign: Campaign, **changed: Any) -> dict[str, Any]:
    """Return the form of a campaign without its inlines."""
    return {
        **CAMPAIGN,
        "name": campaign.name,
        "slug": campaign.slug,
        "starts_on": f"{campaign.starts_on:%d/%m/%Y}",
        "ends_on": f"{campaign.ends_on:%d/%m/%Y}",
        "editable_days": campaign.editable_days,
        "help_due_days": campaign.help_due_days,
        "help_retention_days": campaign.help_retention_days,
        **changed,
    }


def errors(response: Any) -> str:
    """Return all messages of the forms on a page that was refused."""
    assert response.status_code == 200
    return " | ".join(str(message) for message in response.context["errors"])


def unit_form(**given: Any) -> dict[str, Any]:
    """Return the form of a new commune."""
    return {
        "name": "Xã Giao An",
        "code": "14199",
        "kind": "xã",
        "level": "commune",
        "valid_from": "01/01/2023",
        "valid_to": "",
        **given,
    }


def suggestions(client: Client, source: Any, field: str, term: str) -> list[str]:
    """Return what a field to search in offers."""
    opts = source._meta
    target = opts.get_field(field).remote_field.model
    query = {
        "app_label": opts.app_label,
        "model_name": opts.model_name,
        "field_name": field,
        "term": term,
    }
    found = client.get(address(target, "choices"), query).json()["results"]
    return [row["text"] for row in found]
