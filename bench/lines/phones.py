"""A report on a cheap phone with a slow network, beside a bare page of the same fields."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from bench.results import Line, at_most, compare
from bench.worlds import Anchor, World
from devserver.browser import HEADLESS_SHELL
from tests.e2e.browser import launched
from tests.e2e.network_proxy import Network, network
from tests.e2e.phone import Phone
from tests.e2e.stopwatch import COUNTS, first_and_next, report_once, slow_down

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><h1>{title}</h1>
<form action="/public/{action}/">{fields}<button>{button}</button></form></html>"""
FIELD = '<p><label for="{id}">{label}</label><br><input id="{id}" name="{id}"></p>'


def put_form(anchor: Anchor) -> None:
    """Let the anchor show sign-in, form, check and receipt, each a page of one form."""
    names = {"u": "Tên đăng nhập hoặc số điện thoại", "p": "Mật khẩu"}
    counts = {f"count-{code}": code for code in ("installed", *COUNTS)}
    for name, title, fields, button, action in (
        ("sign-in", "Đăng nhập", names, "Đăng nhập", "form"),
        ("form", "Báo cáo", counts, "Xem lại và gửi", "check"),
        ("check", "Xem lại trước khi gửi", {}, "Gửi", "done"),
        ("done", "Đã nhận báo cáo", {}, "Xong", "form"),
    ):
        rows = "".join(FIELD.format(id=key, label=label) for key, label in fields.items())
        page = PAGE.format(title=title, action=action, fields=rows, button=button)
        anchor.put(name, page.encode())


def phones(world: World, *, quick: bool) -> Iterator[Line]:
    put_form(world.anchor)
    port = int(world.anchor.url.rsplit(":", 1)[1])
    with (
        sync_playwright() as playwright,
        launched(playwright, HEADLESS_SHELL) as browser,
        TemporaryDirectory() as folder,
    ):
        with network(world.portal.port) as between:
            ours = first_and_next(
                browser, Path(folder) / "ours", between, world.portal, "xadoan-14173"
            )
        with network(port) as between:
            phone = Phone(browser, Path(folder) / "bare", between, world.portal)
            try:
                bare = [_bare(phone, between, start) for start in ("sign-in", "form")]
            finally:
                phone.close()
    _first, following = ours
    yield compare(
        "the next visit's form, from the phone's own store",
        "",
        "s",
        [following.form],
        [],
        at_most(1, "ours"),
    )
    for name, visit, other, limit in zip(
        ("sign-in to receipt on slow 3G", "the next visit's report on slow 3G"),
        ours,
        bare,
        (12, 4),
        strict=True,
    ):
        yield compare(
            name,
            "bare page, same fields",
            "s",
            [visit.seconds],
            [other],
            at_most(limit, "ours"),
            note=f"{visit.bytes / 1000:.1f} kB, {visit.requests} requests",
        )


def _bare(phone: Phone, between: Network, start: str) -> float:
    phone.context.set_default_timeout(60_000)
    slow_down(phone.page)
    username = "xadoan-14173" if start == "sign-in" else ""
    return report_once(phone, between, "35", username, path=f"/public/{start}/").seconds


MEASUREMENTS = {"demo": (phones,)}
