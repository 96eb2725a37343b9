"""Who takes part in a campaign on a day: one rule, for loaded rows and for raw SQL.

The rule is ``Campaign.takes_part``, which holds from a day on. Blank, all branches take part that
report daily. Otherwise it has four lists: kinds of branches, and ids as texts of branches with all
below them (``below``), of branches by themselves (``single``) and of branches that are left out
with all below them (``without``). A kind or a subtree means those of it that report daily; who is
named singly takes part whether or not it reports daily elsewhere.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from campaign.models import Branch, Campaign, branch_kinds
from campaign.models.dated import sql_on

LISTS = ("kinds", "below", "single", "without")
Rule = Mapping[str, Sequence[str]]


def takes_part(campaign: Campaign, branch: Branch, day: dt.date) -> bool:
    """Whether the branch is to report on the days of the campaign, as of ``day``; it may be closed
    by then."""
    rule: Rule = campaign.on(day).takes_part
    is_daily = branch.on(day).reports_daily
    if not rule:
        return is_daily
    path = {*branch.path.split(".")}
    if path & {*rule["without"]}:
        return False
    if str(branch.pk) in rule["single"]:
        return True
    is_chosen = branch.kind in rule["kinds"] or bool(path & {*rule["below"]})
    return is_daily and (is_chosen or not any(rule[name] for name in LISTS[:3]))


def is_left_out(campaign: Campaign, branch: Branch, day: dt.date) -> bool:
    """Whether others were chosen: a branch that never reports daily is not left out by that."""
    return bool(campaign.on(day).takes_part) and not takes_part(campaign, branch, day)


def sql_takes_part(branch: str, campaign: str, day: str) -> str:
    """Return the same for raw SQL, of two aliases and a column that holds the day."""
    daily = sql_on(branch, "reports_daily", day, "boolean")
    rule = sql_on(campaign, "takes_part", day, "jsonb")
    path = f"string_to_array({branch}.path, '.')"
    return f"""(SELECT CASE WHEN rule = '{{}}' THEN {daily} ELSE
        NOT rule -> 'without' ?| {path} AND (
            rule -> 'single' ? {branch}.id::text OR {daily} AND (
                rule -> 'kinds' ? {branch}.kind OR rule -> 'below' ?| {path}
                OR '[]' = ALL (ARRAY[rule -> 'kinds', rule -> 'below', rule -> 'single'])))
        END FROM (SELECT {rule} AS rule OFFSET 0) of_day)"""  # noqa: S608 - our own names


def follows(campaign: Campaign) -> bool:
    """Whether who takes part is, on every day, who reports daily."""
    return not campaign.takes_part and not any(
        entry["field"] == "takes_part" for entry in campaign.past
    )


def named_singly(campaign: Campaign) -> set[str]:
    """Return the ids of those who were, are or will be named singly."""
    was = (entry["was"] for entry in campaign.past if entry["field"] == "takes_part")
    return {pk for rule in (campaign.takes_part, *was) for pk in rule.get("single", ())}


def rule_in_codes(rule: Rule) -> dict[str, list[str]]:
    """Return the rule with codes in place of ids (one query, none where it is blank)."""
    return _with_branches(rule, lambda name, code: code)


def _with_branches(rule: Rule, called: Callable[[str, str], str]) -> dict[str, list[str]]:
    if not rule:
        return {}
    ids = {int(pk) for name in LISTS[1:] for pk in rule[name]}
    rows = Branch.objects.filter(pk__in=ids).values_list("pk", "name", "code")
    known = {pk: called(name, code) for pk, name, code in rows}
    named = {n: [known[int(pk)] for pk in rule[n] if int(pk) in known] for n in LISTS[1:]}
    return {"kinds": list(rule["kinds"]), **named}


def rule_words(rule: Rule) -> str:
    """Say who takes part: kinds by their words, branches by name and code."""
    listed = _with_branches(rule, "{} ({})".format)
    if not listed:
        return _("mọi cơ sở báo cáo hằng ngày")
    kinds = dict(branch_kinds())
    listed["kinds"] = [str(kinds.get(kind, kind)) for kind in listed["kinds"]]
    words = {
        "kinds": _("loại: %(names)s"),
        "below": _("cả nhánh: %(names)s"),
        "single": _("thêm riêng: %(names)s"),
        "without": _("trừ: %(names)s"),
    }
    return "; ".join(words[n] % {"names": ", ".join(of)} for n, of in listed.items() if of)
