"""Every page of the portal, with an example address and the people of the demo who see it.

A GET route that is missing here fails `test_every_page_is_in_the_table` by name.
"""

from collections.abc import Iterator
from dataclasses import dataclass

STRANGER = ""
NOBODY = "bo-vo"
SECRETARY, LEAD, STAFF = "xadoan-14173", "huyendoan-365", "tinhdoan"
POLICE, PARTNER = "congan", "phunu"
APPOINTED = (SECRETARY, LEAD, STAFF, POLICE, PARTNER)
# They see what the province's staff sees, in the same colours, with other things in the menu.
SAME_AS_STAFF = (POLICE, PARTNER)
# Of whom nothing else is looked at: what the table makes there disturbs no other test.
OTHER = "xadoan-14158"
# A file of counts that asks about a column, is wrong, waits for a yes, is taken in.
FILE_STATES = ("asked", "wrong", "checked", "taken")
SETUP_STEPS = ("portal", "units", "boundaries", "branches", "people", "invitations", "campaign")
AT_DESKS = (STAFF, *SAME_AS_STAFF)
ABOVE = (LEAD, STAFF, POLICE, PARTNER)


@dataclass(frozen=True)
class Page:
    """A page as some people see it; ``{…}`` in the path stands for a row of the demo."""

    name: str
    route: str
    path: str
    roles: tuple[str, ...]
    status: int = 200


OWN_PAGES = (
    Page("sign-in", "sign-in", "/sign-in/", (STRANGER,)),
    Page("invitation", "invitation", "/invitations/{secret}/", (STRANGER,)),
    Page("invitation-over", "invitation", "/invitations/dung-roi/", (STRANGER,), 410),
    Page("no-appointment", "start", "/", (NOBODY,)),
    Page("phone-reports", "phone-reports", "/queue/", (STRANGER, SECRETARY)),
    Page("account", "account", "/account/", (NOBODY, SECRETARY, STAFF)),
    Page("account-keys", "account-keys", "/account/keys/", (NOBODY, SECRETARY, STAFF)),
    Page("account-factor", "account-factor", "/account/second-factor/", (SECRETARY, STAFF)),
    Page("prove", "prove", "/prove/", (SECRETARY,)),
    Page("campaigns", "campaigns", "/campaigns/", (SECRETARY, STAFF)),
    Page("dashboard", "dashboard", "/c/de-an-06-2023/dashboard/", APPOINTED),
    Page("approved", "dashboard", "/c/de-an-06-2023/dashboard/?basis=approved", (STAFF,)),
    Page("desk", "desk", "/c/de-an-06-2023/desk/", (STAFF, LEAD)),
    Page("explore", "explore", "/c/de-an-06-2023/explore/?columns=week", (STAFF, SECRETARY)),
    Page(
        "explore-heat",
        "explore",
        "/c/de-an-06-2023/explore/?rows=commune&columns=month&view=heat",
        (STAFF,),
    ),
    Page("explore-map", "explore", "/c/de-an-06-2023/explore/?rows=commune&view=map", (STAFF,)),
    Page("explore-lines", "explore", "/c/de-an-06-2023/explore/?columns=day&view=lines", (STAFF,)),
    Page("unit-people", "unit-people", "/c/de-an-06-2023/units/14173/people/", (STAFF, SECRETARY)),
    Page("not-reached", "not-reached", "/c/de-an-06-2023/not-reached/", (STAFF, SECRETARY)),
    Page("not-reached-unit", "not-reached-unit", "/c/de-an-06-2023/not-reached/365/", (STAFF,)),
    Page("todays-map", "todays-map", "/c/de-an-06-2023/dashboard/today/", (STAFF, SECRETARY)),
    Page("todays-map-unit", "todays-map-unit", "/c/de-an-06-2023/dashboard/today/365/", (STAFF,)),
    Page("district", "unit", "/c/de-an-06-2023/units/365/", ABOVE),
    Page("commune", "unit", "/c/de-an-06-2023/units/14173/", APPOINTED),
    *(
        Page(name, name, f"/{name.replace('-', '/')}/", (STAFF,))
        for name in ("setup", *(f"setup-{step}" for step in SETUP_STEPS))
    ),
    Page(
        "setup-boundary-change",
        "setup-boundary-change",
        "/setup/boundaries/{boundary_change}/",
        (STAFF,),
    ),
    Page("units", "units", "/c/de-an-06-2023/units/", (STAFF,)),
    Page("units-found", "units", "/c/de-an-06-2023/units/?q=giao", APPOINTED),
    Page("units-not-found", "units", "/c/de-an-06-2023/units/?q=khong-co", (STAFF,)),
    Page("wall", "wall", "/c/de-an-06-2023/wall/", (STAFF,)),
    Page("wall-unit", "wall-unit", "/c/de-an-06-2023/wall/14173/", (SECRETARY,)),
    Page("search", "search", "/c/de-an-06-2023/search/", (SECRETARY,)),
    Page("search-found", "search", "/c/de-an-06-2023/search/?q=giao", APPOINTED),
    Page("search-refused", "search", "/c/de-an-06-2023/search/?q=x", (STAFF,)),
    Page("branches", "branches", "/c/de-an-06-2023/branches/", (STAFF,)),
    Page("branches-found", "branches", "/c/de-an-06-2023/branches/?q=giao", APPOINTED),
    Page("branch", "branch", "/c/de-an-06-2023/branches/XD-14173/", APPOINTED),
    Page("police-branch", "branch", "/c/de-an-06-2023/branches/CA-36/", (STAFF, POLICE)),
    Page("invite", "invite", "/c/de-an-06-2023/branches/XD-14173/invite/", (LEAD, STAFF)),
    Page("report", "report", "/c/de-an-06-2023/report/", (SECRETARY,)),
    Page("report-for", "report", "/c/de-an-06-2023/report/?branch=XD-14173", (LEAD, STAFF)),
    Page("report-where", "report", "/c/de-an-06-2023/report/?branch=CA-36", (STAFF,)),
    Page("paste", "paste", "/c/de-an-06-2023/report/paste/", (SECRETARY, LEAD, STAFF)),
    Page("paper", "paper", "/c/de-an-06-2023/report/paper/", (SECRETARY, LEAD)),
    Page("counts-files", "counts-files", "/c/de-an-06-2023/report/files/", (LEAD, STAFF)),
    *(
        Page(
            f"counts-file-{state}",
            "counts-file",
            f"/c/de-an-06-2023/report/files/{{{state}}}/",
            (LEAD,),
        )
        for state in FILE_STATES
    ),
    Page("reconcile", "reconcile", "/c/de-an-06-2023/report/{unreconciled}/sessions/", (OTHER,)),
    Page("receipt", "receipt", "/c/de-an-06-2023/report/{report}/", APPOINTED),
    Page("report-history", "report-history", "/c/de-an-06-2023/report/{returned}/history/", ABOVE),
    Page("review", "review", "/c/de-an-06-2023/review/", (LEAD, STAFF)),
    Page("review-report", "review-report", "/c/de-an-06-2023/review/{report}/", (LEAD,)),
    Page(
        "review-approved",
        "review",
        "/c/de-an-06-2023/review/?state=approved&day=2023-06-15",
        (LEAD,),
    ),
    Page("open-day", "open-day", "/c/de-an-06-2023/branches/XD-14173/open-day/", (LEAD, STAFF)),
    Page(
        "branch-plan", "branch-plan", "/c/de-an-06-2023/branches/XD-14173/plan/", (SECRETARY, LEAD)
    ),
    Page("campaign-state", "campaign-state", "/c/de-an-06-2023/state/", (STAFF,)),
    Page("campaign-delete", "campaign-delete", "/c/de-an-06-2023/delete/", (STAFF,)),
    Page("deleted-campaigns", "deleted-campaigns", "/campaigns/deleted/", (STAFF,)),
    *(
        Page(name, name, f"/c/de-an-06-2023/settings/{path}", (STAFF,))
        for name, path in (
            ("campaign-settings", ""),
            ("phases", "phases/"),
            ("phase-new", "phases/new/"),
            ("target-list", "targets/"),
            ("target-new", "targets/new/"),
            ("target", "targets/{target}/"),
            ("indicators", "indicators/"),
            ("indicator-new", "indicators/new/"),
            ("indicator", "indicators/{indicator}/"),
            ("phase", "phases/{phase}/"),
        )
    ),
    *(
        Page(f"setup-{node}-{page}", f"setup-{node}-{page}", f"/setup/{path}/{page}/", (STAFF,))
        for node, path in (("unit", "units"), ("branch", "branches"))
        for page in ("list", "new", "file")
    ),
    Page("setup-by-hand", "setup-by-hand", "/setup/units/by-hand/", (STAFF,)),
    Page("setup-appointments", "setup-appointments", "/setup/people/list/", (STAFF,)),
    Page("setup-appointment-new", "setup-appointment-new", "/setup/people/new/", (STAFF,)),
    Page("setup-appointment", "setup-appointment", "/setup/people/{appointment}/", (STAFF,)),
    *(
        Page(name, name, f"/setup/baselines/{path}", (STAFF,))
        for name, path in (
            ("setup-baselines", ""),
            ("setup-baseline-new", "new/"),
            ("setup-baseline", "{baseline}/"),
            ("setup-figures", "{baseline}/figures/"),
            ("setup-figure-new", "{baseline}/figures/new/"),
            ("setup-figure", "{baseline}/figures/{figure}/"),
        )
    ),
    Page("setup-kinds", "setup-kinds", "/setup/kinds/", (STAFF,)),
    Page("setup-kind-new", "setup-kind-new", "/setup/kinds/place/new/", (STAFF,)),
    Page("setup-kind", "setup-kind", "/setup/kinds/reason/elderly/", (STAFF,)),
    Page("setup-unit", "setup-unit", "/setup/units/{unit}/", (STAFF,)),
    Page("setup-branch", "setup-branch", "/setup/branches/{branch}/", (STAFF,)),
    Page("trial", "trial", "/c/de-an-06-2023-2/trial/", (STAFF,)),
    Page("trial-over", "trial", "/c/de-an-06-2023/trial/", (STAFF,)),
    Page("trial-report", "trial-report", "/trial/de-an-06-2023-2/", (SECRETARY, LEAD)),
    Page(
        "trial-receipt",
        "trial-receipt",
        "/trial/de-an-06-2023-2/XD-14173/receipt/",
        (SECRETARY, LEAD),
    ),
    Page("taking-part", "taking-part", "/c/de-an-06-2023/taking-part/", (STAFF,)),
    Page("targets", "targets", "/c/de-an-06-2023/targets/", (STAFF,)),
    Page("teams", "teams", "/c/de-an-06-2023/teams/", APPOINTED),
    Page("teams-found", "teams", "/c/de-an-06-2023/teams/?q=giao+tien&kind=advisory", (LEAD,)),
    Page("teams-not-found", "teams", "/c/de-an-06-2023/teams/?q=khong-co", (SECRETARY,)),
    Page("team", "team", "/c/de-an-06-2023/teams/{team}/", APPOINTED),
    Page("team-new", "team-new", "/c/de-an-06-2023/teams/new/", (SECRETARY, LEAD)),
    Page("team-edit", "team-edit", "/c/de-an-06-2023/teams/{team}/edit/", (SECRETARY, LEAD)),
    Page("member-new", "member-new", "/c/de-an-06-2023/teams/{team}/members/new/", (SECRETARY,)),
    Page("member", "member", "/c/de-an-06-2023/teams/{team}/members/{member}/", (SECRETARY,)),
    Page("teams-import", "teams-import", "/c/de-an-06-2023/teams/import/", (SECRETARY, LEAD)),
    Page("teams-export", "teams-export", "/c/de-an-06-2023/teams/export/", (SECRETARY, LEAD)),
    Page("own-progress", "own-progress", "/c/de-an-06-2023/report/progress/", (SECRETARY,)),
    Page("completeness", "completeness", "/c/de-an-06-2023/completeness/", ABOVE),
    Page(
        "completeness-commune", "completeness-unit", "/c/de-an-06-2023/completeness/14173/", (LEAD,)
    ),
    Page("digest", "digest", "/c/de-an-06-2023/digests/36/2023-06-20/", (STAFF,)),
    Page("digest-district", "digest", "/c/de-an-06-2023/digests/365/2023-06-19/", ABOVE),
    Page("digest-commune", "digest", "/c/de-an-06-2023/digests/14173/2023-06-20/", APPOINTED),
    Page("digests", "digests", "/c/de-an-06-2023/digests/", (SECRETARY,)),
    Page("reminders", "reminders", "/c/de-an-06-2023/reminders/", (SECRETARY, LEAD, STAFF)),
    Page(
        "official-figures",
        "official-figures",
        "/c/de-an-06-2023/official-figures/",
        (LEAD, STAFF, POLICE),
    ),
    Page(
        "official-typed",
        "official-typed",
        "/c/de-an-06-2023/official-figures/typed/",
        (STAFF, POLICE),
    ),
    Page(
        "official-file",
        "official-file",
        "/c/de-an-06-2023/official-figures/{official_file}/",
        (LEAD, POLICE),
    ),
    Page("checks", "checks", "/c/de-an-06-2023/checks/", (LEAD, STAFF, POLICE)),
    Page("checks-over", "checks", "/c/de-an-06-2023/checks/?plan=1", (STAFF,)),
    Page("my-checks", "my-checks", "/c/de-an-06-2023/checks/mine/", (SECRETARY, POLICE)),
    Page("check", "check", "/c/de-an-06-2023/checks/{check}/", (SECRETARY, STAFF)),
    Page("reconciliation", "reconciliation", "/c/de-an-06-2023/reconcile/", (STAFF, POLICE)),
    Page("difference", "difference", "/c/de-an-06-2023/reconcile/14173/", (LEAD,)),
    Page("exports", "exports", "/c/de-an-06-2023/exports/", (LEAD, STAFF, POLICE)),
    Page("figures", "figures", "/f/", (POLICE,)),
    Page("export-verify", "export-verify", "/c/de-an-06-2023/exports/verify/", (POLICE,)),
    Page("sessions", "sessions", "/c/de-an-06-2023/sessions/", APPOINTED),
    Page("sessions-month", "sessions", "/c/de-an-06-2023/sessions/?view=month", (SECRETARY, STAFF)),
    Page(
        "sessions-day",
        "sessions",
        "/c/de-an-06-2023/sessions/?view=day&date=2023-06-25",
        (LEAD, STAFF),
    ),
    Page(
        "sessions-none",
        "sessions",
        "/c/de-an-06-2023/sessions/?date=31/02/2023&state=cancelled",
        (SECRETARY,),
    ),
    Page("session-new", "session-new", "/c/de-an-06-2023/sessions/new/", (SECRETARY, LEAD)),
    Page(
        "session-new-where", "session-new", "/c/de-an-06-2023/sessions/new/?branch=CA-36", (STAFF,)
    ),
    Page(
        "session-again", "session-new", "/c/de-an-06-2023/sessions/new/?from={closed}", (SECRETARY,)
    ),
    Page("session", "session", "/c/de-an-06-2023/sessions/{session}/", APPOINTED),
    Page("session-closed", "session", "/c/de-an-06-2023/sessions/{closed}/", APPOINTED),
    Page(
        "session-edit",
        "session-edit",
        "/c/de-an-06-2023/sessions/{session}/edit/",
        (SECRETARY, LEAD),
    ),
    Page(
        "session-cancel",
        "session-cancel",
        "/c/de-an-06-2023/sessions/{session}/cancel/",
        (SECRETARY,),
    ),
    Page(
        "session-people",
        "session-people",
        "/c/de-an-06-2023/sessions/{gathering}/people/",
        (SECRETARY, LEAD),
    ),
    Page(
        "session-plan",
        "session-people",
        "/c/de-an-06-2023/sessions/{session}/people/",
        (SECRETARY,),
    ),
    Page(
        "session-list-closed",
        "session-people",
        "/c/de-an-06-2023/sessions/{closed}/people/",
        (SECRETARY,),
    ),
    Page(
        "session-inform",
        "session-inform",
        "/c/de-an-06-2023/sessions/{moved}/inform/",
        (SECRETARY, LEAD),
    ),
    Page(
        "session-walk-ins",
        "session-walk-ins",
        "/c/de-an-06-2023/sessions/{gathering}/walk-ins/",
        (SECRETARY, LEAD),
    ),
    Page("session-moved", "session", "/c/de-an-06-2023/sessions/{moved}/", (SECRETARY,)),
    Page("session-qr", "session-qr", "/c/de-an-06-2023/sessions/{gathering}/qr/", (SECRETARY,)),
    Page(
        "session-close",
        "session-close",
        "/c/de-an-06-2023/sessions/{gathering}/close/",
        (SECRETARY,),
    ),
    Page(
        "session-correct",
        "session-close",
        "/c/de-an-06-2023/sessions/{closed}/close/",
        (SECRETARY,),
    ),
    Page("session-join", "session-join", "/join/{join}/", (STRANGER,)),
    Page("session-here", "session-here", "/here/{here}/", (STRANGER,)),
    Page("volunteer", "volunteer", "/c/de-an-06-2023/volunteers/{person}/", (SECRETARY, LEAD)),
    Page(
        "team-certificates",
        "team-certificates",
        "/c/de-an-06-2023/teams/{team}/certificates/",
        (SECRETARY, LEAD),
    ),
    Page("signatory", "signatory", "/c/de-an-06-2023/certificates/signatory/", (STAFF,)),
    Page("own-page", "own-page", "/me/?code=K7MN-4QXR", (STRANGER,)),
    Page("volunteer-own", "volunteer-own", "/me/{own}/", (STRANGER,)),
    Page("volunteer-own-over", "volunteer-own", "/me/dung-roi/", (STRANGER,), 410),
    Page("certificate", "certificate-verify", "/verify/{paper}/", (STRANGER,)),
    Page("certificate-unknown", "certificate-verify", "/verify/AAAA/", (STRANGER,), 410),
    Page("calendar", "calendar", "/c/de-an-06-2023/calendar/", (SECRETARY, STAFF)),
    Page("requests", "requests", "/c/de-an-06-2023/requests/", (SECRETARY, LEAD, STAFF)),
    Page("requests-done", "requests", "/c/de-an-06-2023/requests/?state=done", (SECRETARY,)),
    Page("request", "request", "/c/de-an-06-2023/requests/{help}/", (SECRETARY, LEAD, STAFF)),
    Page("personal-data", "personal-data", "/c/de-an-06-2023/personal-data/", (SECRETARY, STAFF)),
    Page(
        "subject-request-new",
        "subject-request-new",
        "/c/de-an-06-2023/personal-data/new/",
        (SECRETARY, STAFF),
    ),
    Page(
        "subject-request",
        "subject-request",
        "/c/de-an-06-2023/personal-data/{subject}/",
        (STAFF,),
    ),
    Page("reads", "reads", "/c/de-an-06-2023/reads/", (SECRETARY, LEAD, STAFF)),
    Page("public", "public", "/public/", (STRANGER,)),
    Page("public-found", "public", "/public/?q=giao", (STRANGER,)),
    Page("public-commune", "public", "/public/?unit=14173", (STRANGER, SECRETARY)),
    Page("public-request", "public-request", "/public/requests/{resident}/", (STRANGER,)),
    Page("public-find", "public-find", "/public/requests/find/", (STRANGER,)),
    Page("log", "log", "/log/", (STRANGER,)),
    Page("log-continued", "log", "/log/?head={head}", (STRANGER,)),
    Page("log-other", "log", f"/log/?head=1.{'A' * 43}", (STRANGER,)),
    Page("not-found", "", "/khong-co/", (STRANGER, SECRETARY), 404),
    Page("not-allowed", "", "/c/de-an-06-2023/targets/", (SECRETARY,), 403),
)
# The models of the admin, with the row that stands for all of them.
MODELS = {
    "accounts_user": "{user}",
    "campaign_campaign": "{campaign}",
    "campaign_phase": "{phase}",
    "campaign_indicator": "{indicator}",
    "campaign_unit": "{unit}",
    "campaign_branch": "{branch}",
    "campaign_baseline": "{baseline}",
    "campaign_baselinefigure": "{figure}",
    "campaign_target": "{target}",
    "campaign_appointment": "{appointment}",
    "campaign_settingschange": "{settings_change}",
    "volunteers_team": "{team}",
    "volunteers_volunteer": "{volunteer}",
    "volunteers_membership": "{member}",
}
# Their rows come in with those of another model.
WITHOUT_FILES = {"volunteers_team", "volunteers_volunteer", "campaign_settingschange"}
# What is written by nobody, but by what is done elsewhere.
ONLY_READ = {"campaign_settingschange"}
LONG = {
    "campaign_unit",
    "campaign_branch",
    "campaign_baselinefigure",
    "campaign_target",
    "volunteers_team",
    "volunteers_volunteer",
    "volunteers_membership",
}
# Made from one template for all models: one example each is enough.
ALIKE = {
    "export": ("campaign_target", "export/"),
    "delete": ("campaign_phase", "{phase}/delete/"),
    "history": ("campaign_campaign", "{campaign}/history/"),
}
# What no person opens: files, endpoints, addresses that only take something or lead on.
MACHINES = {
    "healthz",
    "readyz",
    "metrics",
    "messages",
    "police-csv",
    "export-proof",
    "export-changes-file",
    "export-nightly",
    "figure",  # there is none before something has gone out
    "figure-proof",
    "api-exports",
    "api-export-changes",
    "check-results",
    "check-frame",
    "report-texts",
    "public-requests",
    "set_language",
    "sign-out",
    "phone",
    "phone-off",
    "invite-again",
    "take",
    "take-back",
    "leader-invite",
    "api-teams",
    "calendar-feed",
    "public-point",
    "public-points",
    "log-package",
    "volunteer-certificate",  # files
    "team-certificates-file",
    "certificate",
    "api-checkins",
    "api-close",
    "api-sessions",
    "api-session",
    "api-log-checkpoint",
    "api-log-consistency",
    "api-log-key",
    "api-log-proof",
    "api-log-tile",
    "api-schema",
    "api-docs",  # a page of Swagger's, for programmers
    "api-units",
    "api-branches",
    "api-search",
    "api-explore",
    "api-tasks",
    "api-campaigns",
    "api-indicators",
    "api-totals",
    "api-figures",
    "api-completeness",
    "api-digests",
    "digest-poster",  # a picture
    "export",  # there is none before somebody has downloaded a file
    "export-changes",
    "digest-published",  # takes word of what was copied
    "counts-template",  # a file
    "day-sheets",
    "counts-marked",
    "official-file-content",
    "session-counted",  # leads on, to the session or to the question
    "api-checks",
    "api-daily-reports",
    "api-daily-reports-batch",
    "api-report-sessions",
    "api-revisions",
    "api-reviews",
    "api-grants",
    "api-official-figures",
    "api-reconciliation",
    "api-report-book",
    "queue-ticket",
    "service-worker",
    "emblem",
    "manifest",
    "shell",  # shown by the worker; see test_offline.py
    "api-pasted-messages",
    "admin:login",
    "admin:password_change",  # lead to the own account
    "admin:password_change_done",
    "admin:logout",
    "admin:autocomplete",
    "admin:jsi18n",
    "admin:view_on_site",
}
# The same of every model of the admin.
MODEL_MACHINES = {"process_import", "choices"}


def admin_pages() -> Iterator[Page]:
    """Yield the pages of the admin, as the province's staff sees them."""
    yield Page("admin", "admin:index", "/admin/", (STAFF,))
    yield Page("admin-app", "admin:app_list", "/admin/campaign/", (STAFF,))
    for model, row in MODELS.items():
        base = f"/admin/{model.replace('_', '/')}/"
        for view, path in (
            # A long list shows nothing that a short one does not, and takes axe ten seconds.
            ("changelist", "?q=tien" if model in LONG else ""),
            ("add", "add/"),
            ("change", f"{row}/change/"),
            ("import", "import/"),
        ):
            if view == "import" and model in WITHOUT_FILES:
                continue
            status = 403 if view == "add" and model in ONLY_READ else 200
            route = f"admin:{model}_{view}"
            yield Page(f"admin-{model}-{view}", route, base + path, (STAFF,), status)
    for view, (model, path) in ALIKE.items():
        base = f"/admin/{model.replace('_', '/')}/"
        yield Page(f"admin-{view}", f"admin:{model}_{view}", base + path, (STAFF,))


PAGES = (*OWN_PAGES, *admin_pages())
