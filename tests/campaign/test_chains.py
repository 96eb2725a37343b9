"""Chains of allowed steps: nobody gets into what neither the owner nor her superior gave.

A machine takes steps in any order. Whoever makes a link is taken to open it herself: the worst
that a superior can do. What is right is said here by a table, and not by the code under test.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.keys import end_keys
from accounts.models import User
from accounts.services import (
    accept_invitation,
    change_password,
    issue_invitation,
    issue_token,
    open_token,
)
from campaign.models import Appointment, Branch
from campaign.permissions import Permission, Role
from campaign.scopes import scope_of
from campaign.services.appointments import confirm, invite_secretary, propose, reinvite, take
from tests.conftest import TODAY, World
from tests.factories import make_appointment, make_membership, make_staff, make_user, make_volunteer
from volunteers.errors import InvalidInput, NotNow
from volunteers.teams.models import MemberRole
from volunteers.teams.services import invite_leader

NEW = "Mot-mat-khau-moi-2023"
HOA = {"full_name": "Trần Thị Hoa", "phone": "0912345678"}  # held something once
MAI = {"full_name": "Lê Thị Mai", "phone": "0987654321"}  # has no account yet
PEOPLE = {"hoa": HOA, "mai": MAI}
# Who is above a role in a place.
ABOVE = {
    ("team_leader", "XD-14173"): {"owner", "lead", "staff", "second"},
    ("secretary", "XD-14173"): {"lead", "staff", "second"},
    ("secretary", "XD-14050"): {"other_lead", "staff", "second"},
    ("district_lead", ""): {"staff", "second"},
    ("province_staff", ""): set(),
}
ACTORS = st.sampled_from(["owner", "lead", "other_lead", "staff", "second"])
WHO = st.sampled_from(sorted(PEOPLE))
REFUSED = (PermissionDenied, ValidationError, NotNow, InvalidInput)


class Chains(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.actors = {n: getattr(self.world, n) for n in ("owner", "lead", "other_lead", "staff")}
        self.actors["second"] = make_staff(unit=self.world.province)
        make_user(username="hoa", **HOA)
        self.links: list[tuple[str, str, str]] = []  # secret, maker, whose
        self.keys: list[tuple[str, str, str]] = []  # token, whose, in whose hands
        self.inside = {"hoa": {"hoa"}, "mai": set[str]()}
        self.agreed: set[int] = set()
        self.asked: dict[int, str] = {}
        self.members: dict[str, Any] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # What is

    def actor(self, name: str) -> User:
        """Return an actor as a new request finds her."""
        found: User = User.objects.get(pk=self.actors[name].pk)
        return found

    def account(self, who: str) -> User | None:
        found: User | None = User.objects.filter(phone=PEOPLE[who]["phone"]).first()
        return found

    def is_right(self, maker: str, who: str) -> bool:
        """Whether a link of the maker's may open the account now."""
        user = self.account(who)
        if user is None:
            return False
        now = Appointment.objects.not_ended(TODAY).filter(user=user).select_related("branch")
        pairs = [(a.role, a.branch.code if a.branch else "") for a in now]
        if not all(maker in ABOVE[pair] for pair in pairs):
            return False
        return not user.has_usable_password() or (
            bool(pairs) and all(a.pk in self.agreed for a in now)
        )

    def note(self, maker: str, who: str, secret: str | None, known: set[int]) -> None:
        """Keep a link; what somebody without a password is given, she has no say in."""
        user = self.account(who)
        if user is not None and not user.has_usable_password():
            self.agreed |= {a.pk for a in user.appointments.exclude(pk__in=known)}
        if secret is not None:
            self.links.append((secret, maker, who))

    def before(self, who: str) -> set[int]:
        user = self.account(who)
        return {a.pk for a in user.appointments.all()} if user else set()

    # Steps

    @rule(maker=ACTORS, who=WHO, code=st.sampled_from(["XD-14173", "XD-14050"]))
    def invite(self, maker: str, who: str, code: str) -> None:
        known, branch = self.before(who), Branch.objects.get(code=code)
        try:
            with transaction.atomic():
                _user, secret = invite_secretary(
                    actor=self.actor(maker), branch=branch, **PEOPLE[who]
                )
        except REFUSED:
            return
        self.note(maker, who, secret, known)

    @rule(maker=ACTORS, who=WHO)
    def add_deputy_and_invite(self, maker: str, who: str) -> None:
        known = self.before(who)
        if who not in self.members:
            volunteer = make_volunteer(**PEOPLE[who])
            self.members[who] = make_membership(
                team=self.world.team, volunteer=volunteer, role=MemberRole.DEPUTY
            )
        try:
            with transaction.atomic():
                member = type(self.members[who]).objects.get(pk=self.members[who].pk)
                _user, secret = invite_leader(actor=self.actor(maker), member=member)
        except REFUSED:
            return
        self.note(maker, who, secret, known)

    @rule(maker=ACTORS, who=WHO, is_admin=st.booleans())
    def make_link(self, maker: str, who: str, is_admin: bool) -> None:
        user = self.account(who)
        if user is None or (is_admin and maker not in ("staff", "second")):
            return
        try:
            with transaction.atomic():
                actor = self.actor(maker)
                if is_admin:
                    secret = issue_invitation(actor=actor, user=user)
                else:
                    secret = reinvite(actor=actor, user=user, branch=self.world.branch)
        except REFUSED:
            return
        self.links.append((secret, maker, who))

    @precondition(lambda self: self.links)
    @rule(data=st.data())
    def open_link(self, data: st.DataObject) -> None:
        secret, maker, who = data.draw(st.sampled_from(self.links))
        is_right = self.is_right(maker, who)
        user = accept_invitation(secret=secret, password=NEW)
        if user is None:
            return
        assert is_right, f"{maker} is in the account of {who}"
        self.inside[who] = {maker}
        self.keys.append((issue_token(user=user), who, maker))

    @rule(who=WHO)
    def say_yes(self, who: str) -> None:
        user = self.account(who)
        if user is not None and who in self.inside[who]:
            for given in user.appointments.all():
                take(actor=user, appointment_id=given.pk)
                self.agreed.add(given.pk)

    @rule(who=WHO)
    def end_appointments(self, who: str) -> None:
        user = self.account(who)
        if user is not None:
            user.appointments.all().delete()

    @rule(who=WHO)
    def give_more(self, who: str) -> None:
        """Let the province make a lead of her, while links are about."""
        user = self.account(who)
        if user is not None and not user.appointments.filter(role=Role.DISTRICT_LEAD).exists():
            given = make_appointment(
                user=user,
                role=Role.DISTRICT_LEAD,
                unit=self.world.other_district,
                awaits_owner=user.has_usable_password(),
            )
            if not user.has_usable_password():
                self.agreed.add(given.pk)

    @rule(who=WHO)
    def choose_password(self, who: str) -> None:
        user = self.account(who)
        if user is not None and who in self.inside[who]:
            change_password(user=user, password=NEW)
            self.inside[who] = {who}

    @rule(who=WHO)
    def close_and_reopen(self, who: str) -> None:
        user = self.account(who)
        if user is not None:
            User.objects.filter(pk=user.pk).update(is_active=False)
            end_keys(user)
            User.objects.filter(pk=user.pk).update(is_active=True)
            self.inside[who] &= {who}

    @rule(who=WHO, asker=st.sampled_from(["staff", "second"]))
    def ask_for_staff(self, who: str, asker: str) -> None:
        user = self.account(who)
        if user is None or user.appointments.filter(role=Role.PROVINCE_STAFF).exists():
            return
        given = Appointment(
            user=user, role=Role.PROVINCE_STAFF, unit=self.world.province, starts_on=TODAY
        )
        propose(self.actor(asker), given, None)
        given.save()
        self.agreed.add(given.pk)
        self.asked[given.pk] = asker

    @rule(who=WHO, second=st.sampled_from(["staff", "second", "lead", "self"]))
    def confirm_staff(self, who: str, second: str) -> None:
        user = self.account(who)
        if user is None:
            return
        actor = user if second == "self" else self.actor(second)
        for given in user.appointments.filter(role=Role.PROVINCE_STAFF):
            try:
                confirm(actor=actor, appointment=given)
            except REFUSED:
                continue
            assert second in {"staff", "second"} - {self.asked[given.pk]}
            self.asked[given.pk] = "two"

    # What has to hold

    @invariant()
    def keys_open_only_for_those_inside(self) -> None:
        for token, who, holder in self.keys:
            if open_token(token) is not None:
                assert holder in self.inside[who], f"{holder} keeps a key of {who}"

    @invariant()
    def province_staff_is_made_by_two(self) -> None:
        for who in PEOPLE:
            user = self.account(who)
            if user is not None and scope_of(user).may(Permission.SET_UP):
                asked = [self.asked[a.pk] for a in user.appointments.filter(unit__depth=0)]
                assert "two" in asked


def test_no_chain_of_steps_leads_into_a_foreign_account(world: World) -> None:
    Chains.world = world
    run_state_machine_as_test(
        Chains,
        settings=settings(
            max_examples=40,
            stateful_step_count=12,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # twelve steps are read as they are
        ),
    )
