"""The browser: who looks at the portal on what, and what the browser complains of."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Playwright, ViewportSize

from devserver.browser import Program, path_of
from tests.plugin import TEST_ROOT
from tests.portal import Portal

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
PHONE = ViewportSize(width=360, height=740)
DESK = ViewportSize(width=1366, height=768)
# A page that does not come in ten seconds does not come.
PATIENCE_MS = 10_000
# To preload styles, axe would add some of its own, and the browser would rightly complain.
AXE_OPTIONS: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
# Django's own admin is held to the standard alone (WCAG 2.2 AA), without its select2 boxes:
# axe's further advice on its search field and empty table heads is for Django to take.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ADMIN_OPTIONS = {**AXE_OPTIONS, "runOnly": {"type": "tag", "values": WCAG}}
ADMIN_CONTEXT = {"exclude": [[".select2"], [".select2-container"]]}
# `make test SCREENSHOTS=1` keeps a picture of every page in each size, for people to look at.
SCREENSHOTS = TEST_ROOT / "screenshots"
IS_PHOTOGRAPHED = bool(os.environ.get("SCREENSHOTS"))


@contextmanager
def launched(playwright: Playwright, program: Program) -> Iterator[Browser]:
    """Run a browser for the block."""
    browser = playwright.chromium.launch(executable_path=str(path_of(program)), args=FLAGS.split())
    yield browser
    browser.close()


class Stage:
    """Lets people of the demo look at the portal, and gathers what their browsers say."""

    def __init__(self, browser: Browser, portal: Portal, sessions: dict[str, str]) -> None:
        self.browser, self.portal, self.sessions = browser, portal, sessions
        self.complaints: list[str] = []
        self.opened: list[Any] = []

    def enter(
        self,
        username: str = "",
        size: ViewportSize = PHONE,
        *,
        javascript: bool = True,
        language: str = "",
    ) -> Page:
        """Open a browser as somebody who has signed in, or a stranger's."""
        context = self.browser.new_context(
            viewport=size,
            base_url=self.portal.url,
            locale="vi-VN",
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        self.opened.append(context)
        context.set_default_timeout(PATIENCE_MS)
        cookies = {"sessionid": self._session(username), "django_language": language}
        context.add_cookies(
            [
                {"name": name, "value": value, "url": self.portal.url}
                for name, value in cookies.items()
                if value
            ]
        )
        page = context.new_page()
        page.on(
            "console",
            lambda wording: self._note(page, wording.type, wording.text, wording.location),
        )
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def close(self) -> None:
        """Close all that was opened."""
        for context in self.opened:
            context.close()

    def _session(self, username: str) -> str:
        if username and username not in self.sessions:
            self.sessions[username] = self.portal.session(username)
        return self.sessions.get(username, "")

    def _note(self, page: Page, kind: str, text: str, location: Any) -> None:
        """Keep errors and warnings, but for the page's own status, which its test looks at."""
        is_status = text.startswith("Failed to load resource") and location["url"] == page.url
        if kind in ("error", "warning") and not is_status:
            self.complaints.append(f"{page.url}: {kind}: {text}")


# What is in order, axe would tell of too, with the text of each element.
#
# Rows that differ in their words alone are alike to axe, and a province's are hundreds: of
# siblings that are alike it sees the first two and the last. The others are taken out meanwhile,
# or only hidden where something scrolls because of them. Two of one id are looked for in all.
AXE_RUN = """async ([context, options]) => {
    const WORDS = new Set(["id", "for", "name", "value", "href", "title", "alt", "src", "datetime",
        "aria-label", "aria-labelledby", "aria-describedby", "aria-controls",
        "d", "points", "x", "y", "cx", "cy", "x1", "x2", "y1", "y2", "transform"]);
    const shapes = new Map();
    const shapeOf = (element) => {
        let shape = element.localName;
        for (const { name, value } of element.attributes)
            shape += WORDS.has(name) ? ` ${name}:${value.trim() !== ""}` : ` ${name}=${value}`;
        for (const node of element.childNodes)
            if (node.nodeType === Node.ELEMENT_NODE) shape += `<${shapeOf(node)}>`;
            else if (node.nodeType === Node.TEXT_NODE && node.data.trim()) shape += "<>";
        shapes.set(element, shape);
        return shape;
    };
    const alike = [];
    const gather = (parent) => {
        const groups = new Map();
        for (const child of parent.children) {
            const shape = shapes.get(child);
            groups.has(shape) ? groups.get(shape).push(child) : groups.set(shape, [child]);
        }
        for (const group of groups.values()) {
            const others = group.slice(2, -1).filter(
                (one) => !one.contains(document.activeElement));
            alike.push(...others);
            for (const one of group)
                // Without its options, a list would forget what is chosen.
                if (!others.includes(one) && one.localName !== "select") gather(one);
        }
    };
    const scrolling = () => [...document.querySelectorAll("body *")].filter((one) =>
        (one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight)
        && /auto|scroll/.test(getComputedStyle(one).overflow));
    const ids = new Set(), found = [];
    for (const { id } of document.querySelectorAll("[id]"))
        ids.has(id) ? found.push(`id ${id} twice`) : ids.add(id);
    shapeOf(document.body);
    gather(document.body);
    const scrolled = scrolling();
    const places = alike.map(() => document.createComment(""));
    const restore = () => places.forEach((place, n) => place.replaceWith(alike[n]));
    alike.forEach((one, n) => one.replaceWith(places[n]));
    const still = new Set(scrolling());
    const isHidden = scrolled.some((one) => one.isConnected && !still.has(one));
    const before = alike.map((one) => one.style.visibility);
    if (isHidden) {
        restore();
        for (const one of alike) one.style.visibility = "hidden";
    }
    const { violations } = await axe.run(context || document, options);
    if (isHidden) alike.forEach((one, n) => { one.style.visibility = before[n]; });
    else restore();
    return found.concat(violations.map((rule) => `axe ${rule.id}: ${rule.help}: ` +
        rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join("; ")));
}"""


OUTLINE = """() => [
    document.scrollingElement.scrollWidth,
    [...document.querySelectorAll("h1")].filter((one) =>
        one.checkVisibility({ visibilityProperty: true })
        && one.offsetWidth > 0 && one.offsetHeight > 0).length,
    document.documentElement.lang,
]"""


def look(page: Page, name: str, size: ViewportSize, *, contrast: bool = True) -> list[str]:
    """Look at a page in one size and return what is wrong with it; photograph it if asked to."""
    page.set_viewport_size(size)
    if IS_PHOTOGRAPHED:
        folder = SCREENSHOTS / str(size["width"])
        page.screenshot(path=folder / f"{name}.png", full_page=True)
    # Playwright's own look for what is visible would load its tools into every page.
    width, heading_count, language = page.evaluate(OUTLINE)
    found = [f"{width} px wide in {size['width']}"] if width > size["width"] else []
    # A step that the phone draws hides the form that it belongs to, with its heading.
    if heading_count != 1:
        found.append(f"{heading_count} h1")
    if language != "vi":
        found.append(f"lang {language}")
    return found + barriers(page, contrast=contrast)


def barriers(page: Page, *, contrast: bool = True) -> list[str]:
    """Return what axe finds, one line for each rule.

    Measuring ``contrast`` takes as long as all other rules together.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    is_admin = "/admin/" in page.url
    options = {
        **(ADMIN_OPTIONS if is_admin else AXE_OPTIONS),
        "rules": {"color-contrast": {"enabled": contrast}},
    }
    found: list[str] = page.evaluate(AXE_RUN, [ADMIN_CONTEXT if is_admin else None, options])
    return found
