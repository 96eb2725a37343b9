"""Rows for tests: one ``make_*`` for each model, complete with nothing given.

What is derived (``path``, ``fold`` …) is there as in production, since ``make_unit`` and
``make_branch`` plant the tree as the services do.
"""

import datetime as dt
from typing import Any, TypeVar

from factory.declarations import Sequence
from factory.django import DjangoModelFactory, Password

from accounts.models import User
from campaign.models import (
    Appointment,
    Baseline,
    BaselineFigure,
    Branch,
    BranchKind,
    Campaign,
    FormulaTerm,
    Indicator,
    Level,
    Phase,
    Target,
    Unit,
)
from campaign.permissions import Role
from campaign.services.paths import rebuild_paths
from campaign.states import CampaignState
from core.vietnamese import fold, sort_key
from volunteers.help_requests.models import HelpRequest, RequestReason, RequestType
from volunteers.sessions.models import SupportSession
from volunteers.teams.models import Membership, Team, Volunteer

PASSWORD = "Demo-2023!"
FIRST_DAY = dt.date(2023, 4, 1)
LAST_DAY = dt.date(2023, 6, 30)
STRUCTURE_DATE = dt.date(2023, 1, 1)


def numbered(text: str, first: int = 0) -> Any:
    """Return ``text`` with a number that is another one for each row."""
    return Sequence(lambda n: f"{text}{first + n}")  # type: ignore[no-untyped-call]


class UserFactory(DjangoModelFactory[User]):
    """A person who can sign in with ``PASSWORD``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = numbered("user")
    full_name = numbered("Nguyễn Văn ")
    password = Password(PASSWORD)  # type: ignore[no-untyped-call]


class UnitFactory(DjangoModelFactory[Unit]):
    """A commune without superior."""

    class Meta:
        model = Unit

    code = numbered("", 50000)
    name = numbered("Xã Giao ")
    kind = "xã"
    level = Level.COMMUNE
    valid_from = STRUCTURE_DATE


class BranchFactory(DjangoModelFactory[Branch]):
    """A commune's Youth Union that reports daily."""

    class Meta:
        model = Branch

    code = numbered("XD-", 50000)
    name = numbered("Đoàn xã Giao ")
    kind = BranchKind.YOUTH_UNION
    reports_daily = True


class CampaignFactory(DjangoModelFactory[Campaign]):
    """A campaign of the second quarter of 2023, without indicators."""

    class Meta:
        model = Campaign

    slug = numbered("chien-dich-")
    name = numbered("Chiến dịch ")
    starts_on = FIRST_DAY
    ends_on = LAST_DAY
    state = CampaignState.RUNNING


class PhaseFactory(DjangoModelFactory[Phase]):
    """A peak drive of some days."""

    class Meta:
        model = Phase

    name = numbered("Cao điểm ")
    starts_on = dt.date(2023, 4, 28)
    ends_on = dt.date(2023, 5, 3)
    is_peak = True


class IndicatorFactory(DjangoModelFactory[Indicator]):
    """An indicator that is entered."""

    class Meta:
        model = Indicator

    code = numbered("indicator")
    label = numbered("Chỉ số ")
    measure = "lượt"
    order = Sequence(lambda n: n)  # type: ignore[no-untyped-call]


class BaselineFactory(DjangoModelFactory[Baseline]):
    """A baseline without figures."""

    class Meta:
        model = Baseline

    slug = numbered("mau-so-")
    name = numbered("Mẫu số ")
    as_of = dt.date(2023, 3, 31)
    source = "Số giả định để kiểm thử"


class AppointmentFactory(DjangoModelFactory[Appointment]):
    """An appointment without end."""

    class Meta:
        model = Appointment

    role = Role.SECRETARY
    starts_on = STRUCTURE_DATE


class TargetFactory(DjangoModelFactory[Target]):
    """A target due on the last day."""

    class Meta:
        model = Target

    value = 1000
    due_on = LAST_DAY


def make_user(**given: Any) -> User:
    """Make a user, without appointment."""
    user: User = UserFactory.create(**given)
    return user


def make_newcomer(**given: Any) -> User:
    """Make a user who has no password yet."""
    return make_user(**{"password": None, **given})


Node = TypeVar("Node", Unit, Branch)


def planted(*made: Node) -> list[Node]:
    """Plant the tree of units or branches once for all that were made; return them as planted."""
    model = type(made[0])
    rebuild_paths(model)
    found = model._default_manager.in_bulk([node.pk for node in made])
    return [found[node.pk] for node in made]


def make_unit(**given: Any) -> Unit:
    """Make a unit and plant the tree."""
    (unit,) = planted(UnitFactory.create(**given))
    return unit


def make_branch(**given: Any) -> Branch:
    """Make a branch, at home in a new unit if none is given, and plant the tree."""
    home: Unit = given.pop("home_unit", None) or make_unit()
    (branch,) = planted(BranchFactory.create(home_unit=home, **given))
    return branch


def make_campaign(**given: Any) -> Campaign:
    """Make a campaign without indicators."""
    campaign: Campaign = CampaignFactory.create(**given)
    return campaign


def make_phase(**given: Any) -> Phase:
    """Make a phase, of a new campaign if none is given."""
    campaign = given.pop("campaign", None) or make_campaign()
    phase: Phase = PhaseFactory.create(campaign=campaign, **given)
    return phase


def make_indicator(*, terms: dict[str, int] | None = None, **given: Any) -> Indicator:
    """Make an indicator; with ``terms`` (code to factor) a derived one."""
    campaign = given.pop("campaign", None) or make_campaign()
    if terms:
        given.setdefault("is_derived", True)
    indicator: Indicator = IndicatorFactory.create(campaign=campaign, **given)
    for code, factor in (terms or {}).items():
        source = campaign.indicators.get(code=code)
        FormulaTerm.objects.create(indicator=indicator, source=source, factor=factor)
    return indicator


def make_indicators(campaign: Campaign) -> dict[str, Indicator]:
    """Make level 1, level 2 and upgraded, and what is derived from them."""
    made = {
        "level1": make_indicator(campaign=campaign, code="level1", label="Mức 1", order=1),
        "level2": make_indicator(campaign=campaign, code="level2", label="Mức 2", order=2),
    }
    made["upgraded"] = make_indicator(
        campaign=campaign, code="upgraded", label="Nâng mức", order=3, at_most=made["level2"]
    )
    made["activated"] = make_indicator(
        campaign=campaign,
        code="activated",
        label="Tài khoản kích hoạt",
        order=4,
        is_headline=True,
        terms={"level1": 1, "level2": 1, "upgraded": -1},
    )
    return made


def make_baseline(*, figures: dict[Unit, int] | None = None, **given: Any) -> Baseline:
    """Make a baseline with figures (unit to persons)."""
    baseline: Baseline = BaselineFactory.create(**given)
    BaselineFigure.objects.bulk_create(
        BaselineFigure(baseline=baseline, unit=unit, value=value)
        for unit, value in (figures or {}).items()
    )
    return baseline


def make_target(**given: Any) -> Target:
    """Make a target; its indicator names the campaign unless one is given."""
    indicator = given.pop("indicator", None) or make_indicator()
    given.setdefault("campaign", indicator.campaign)
    given["unit"] = given.get("unit") or make_unit()
    target: Target = TargetFactory.create(indicator=indicator, **given)
    return target


def make_appointment(**given: Any) -> Appointment:
    """Make an appointment, of a new user in a new branch if neither is given."""
    user = given.pop("user", None) or make_user()
    if not given.get("unit"):
        given["branch"] = given.get("branch") or make_branch()
    appointment: Appointment = AppointmentFactory.create(user=user, **given)
    return appointment


def make_staff(*, unit: Unit | None = None, **given: Any) -> User:
    """Make a member of the province staff: appointed to the province, with the admin."""
    province = unit or make_unit(code="36", name="Tỉnh Nam Định", kind="tỉnh", level="province")
    user = make_user(is_staff=True, **given)
    make_appointment(user=user, role=Role.PROVINCE_STAFF, unit=province)
    return user


class VolunteerFactory(DjangoModelFactory[Volunteer]):
    """A member of the Youth Union without telephone."""

    class Meta:
        model = Volunteer

    full_name = numbered("Nguyễn Thị ")


class TeamFactory(DjangoModelFactory[Team]):
    """A community digital technology team."""

    class Meta:
        model = Team

    name = numbered("Tổ công nghệ số xóm ", 100)


class MembershipFactory(DjangoModelFactory[Membership]):
    """An ordinary member."""

    class Meta:
        model = Membership


class SessionFactory(DjangoModelFactory[SupportSession]):
    """An afternoon at a culture house, planned for today."""

    class Meta:
        model = SupportSession

    place_kind = "culture_house"
    place = numbered("Nhà văn hóa xóm ")
    date = dt.date(2023, 6, 20)
    begins_at = dt.time(0, 0)
    ends_at = dt.time(2, 0)
    join_key = numbered("khoa-")


class HelpRequestFactory(DjangoModelFactory[HelpRequest]):
    """An elderly resident who asks for a visit."""

    class Meta:
        model = HelpRequest

    wish = RequestType.VISIT
    reason = RequestReason.ELDERLY
    name = numbered("Trần Thị Già ")
    phone = "0987654321"
    hamlet = "Xóm 5"
    asked_at = dt.datetime(2023, 6, 19, 2, 0, tzinfo=dt.UTC)
    consented_at = dt.datetime(2023, 6, 19, 2, 0, tzinfo=dt.UTC)
    due_on = dt.date(2023, 6, 22)


def make_volunteer(**given: Any) -> Volunteer:
    """Make a volunteer in no team."""
    volunteer: Volunteer = VolunteerFactory.build(**given)
    volunteer.fold, volunteer.sort_key = fold(volunteer.full_name), sort_key(volunteer.full_name)
    volunteer.save()
    return volunteer


def make_team(**given: Any) -> Team:
    """Make a team, of a new branch and at work in its home if none is given."""
    branch = given.pop("branch", None) or make_branch()
    unit = given.pop("unit", None) or branch.home_unit
    team: Team = TeamFactory.build(branch=branch, unit=unit, **given)
    team.fold, team.sort_key = fold(team.name), sort_key(team.name)
    team.save()
    return team


def make_membership(**given: Any) -> Membership:
    """Make a membership, of a new volunteer in a new team if none is given."""
    team = given.pop("team", None) or make_team()
    volunteer = given.pop("volunteer", None) or make_volunteer()
    membership: Membership = MembershipFactory.create(team=team, volunteer=volunteer, **given)
    return membership


def make_session(*, teams: Any = (), partners: Any = (), **given: Any) -> SupportSession:
    """Make a session, hosted at home by a new branch in a new campaign if none is given."""
    branch = given.pop("branch", None) or make_branch()
    given["campaign"] = given.get("campaign") or make_campaign()
    given["unit"] = given.get("unit") or branch.home_unit
    session: SupportSession = SessionFactory.create(branch=branch, **given)
    session.teams.set(teams)
    session.partners.set(partners)
    return session


def make_help_request(**given: Any) -> HelpRequest:
    """Make a help request, in a new unit and campaign if none is given."""
    given["campaign"] = given.get("campaign") or make_campaign()
    given["unit"] = given.get("unit") or make_unit()
    request: HelpRequest = HelpRequestFactory.create(**given)
    return request
