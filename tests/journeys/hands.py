"""Two hands and two eyes at a browser: every key is counted, every page looked at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)

from branches.management.demo.organisation import PASSWORD
from nh_otp.launcher.work_folder import CHECKOUT
from tests.journeys.product import Product

SCREENSHOTS = CHECKOUT / "screenshots"
SIZE: ViewportSize = {"width": 1440, "height": 900}
BETWEEN_KEYS = 60.0  # milliseconds; a scanner is known by less than 40
BETWEEN_CHARACTERS_OF_A_SCAN = 8.0

# strokes of the two-set keyboard: a lead, a vowel of one or two, a tail of none, one or two
_TWO_STROKE_VOWELS = {9, 10, 11, 14, 15, 16, 19}
_TWO_STROKE_TAILS = {3, 5, 6, 9, 10, 11, 12, 13, 14, 15, 18}


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Eyes:
    """What came over one person's line: pages, hosts, complaints."""

    pages: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """A refusal by the content security policy is a console error, too."""
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", lambda line: self._said(line.type, line.text))
        context.on("weberror", lambda fault: self.complaints.append(str(fault.error)))

    def _asked(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).netloc)

    def _answered(self, response: Response) -> None:
        policy = response.headers.get("content-security-policy", "")
        if response.request.resource_type == "document" and "default-src 'none'" not in policy:
            self.complaints.append(f"{response.url} has no content security policy")

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def found(self, words: Sequence[str]) -> list[str]:
        """Which of these words stood on a page."""
        return [word for word in words if any(word in page for page in self.pages)]


@dataclass
class Hands:
    """Every flow goes through here; nothing is filled in behind the keyboard's back."""

    page: Page
    story: str
    eyes: Eyes
    keys: int = 0
    scans: int = 0
    clicks: int = 0
    pictures: int = 0

    def press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Hangul comes finished from the input method, but every stroke of it counts."""
        self.keys += strokes(text)
        if text.isascii():
            self.page.keyboard.type(text, delay=BETWEEN_KEYS)
        else:
            self.page.keyboard.insert_text(text)

    def scan(self, text: str) -> None:
        self.scans += 1
        self.page.keyboard.type(text, delay=BETWEEN_CHARACTERS_OF_A_SCAN)
        self.page.keyboard.press("Enter")

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def look(self, name: str) -> None:
        """Keep what is seen: the page as it stands, and its picture for people to review."""
        self.page.wait_for_load_state()
        self.eyes.pages += [self.page.content(), self.page.url, self.page.title()]
        SCREENSHOTS.mkdir(exist_ok=True)
        picture = SCREENSHOTS / f"{self.story}-{self.pictures:02d}-{name}.png"
        self.page.screenshot(path=picture, full_page=True)  # a screen fills the window, paper is longer
        self.pictures += 1

    def take_time(self) -> None:
        """A decision counts from a second after its request was shown; a person who reads takes longer."""
        self.page.wait_for_timeout(1100)

    def ready(self, selector: str) -> None:
        """The page has put the focus where the next key belongs."""
        expect(self.page.locator(selector).first).to_be_focused()

    def sign_in(self, product: Product, staff_no: str) -> None:
        """Both factors by hand; the counting begins afterwards."""
        self.page.goto(product.address)
        self.ready("#id_login")
        self.type(staff_no)
        self.press("Tab")
        self.type(PASSWORD)
        self.press("Enter")
        self.ready("#id_code")
        self.type(product.second_factor(staff_no))
        self.press("Enter")
        expect(self.page.locator("#main")).to_be_visible()
        self.keys = 0


def strokes(text: str) -> int:
    return sum(_strokes(letter) for letter in text)


def _strokes(letter: str) -> int:
    place = ord(letter) - 0xAC00
    if not 0 <= place < 11172:
        return 1
    vowel, tail = place // 28 % 21, place % 28
    return 2 + (vowel in _TWO_STROKE_VOWELS) + (tail > 0) + (tail in _TWO_STROKE_TAILS)


@contextmanager
def person(browser: Browser, story: str, *, javascript: bool = True) -> Iterator[Hands]:
    """Somebody at a browser of their own."""
    with browser.new_context(
        viewport=SIZE, locale="ko-KR", timezone_id="Asia/Seoul", java_script_enabled=javascript
    ) as context:
        eyes = Eyes()
        eyes.watch(context)
        yield Hands(context.new_page(), story, eyes)
