"""The whole panel: bars and footer in their places, the body of the page between them, the warning over it."""

from __future__ import annotations

from collections.abc import Callable

from kivy.input import MotionEvent
from kivy.properties import StringProperty
from kivy.uix.floatlayout import FloatLayout

from contracts.pages import Page, PageKind
from terminal.screens import registry
from terminal.screens.fingers import Fingers, pressables
from terminal.screens.look import Look, load_rules
from terminal.screens.page_body import PageBody
from terminal.screens.widgets import bars, cards, column, timeout_overlay, words  # noqa: F401  (named in the rules)
from terminal.screens.widgets.bars import language_button
from terminal.screens.widgets.pressable import Pressable


class Shell(FloatLayout):
    """Root widget of the kiosk. Bodies are built once for each kind of page, when first needed, and kept."""

    company = StringProperty("")
    clock = StringProperty("")
    footer = StringProperty("")

    def __init__(self, look: Look, touched: Callable[[str], None]) -> None:
        super().__init__()
        self._look = look
        self._bodies: dict[PageKind, PageBody] = {}
        self._body: PageBody | None = None
        self._fingers = Fingers(self.touchables, touched)

    def show(self, page: Page) -> None:
        """Draw a page. The same kind again only changes what differs; another kind wipes the body that leaves."""
        body = self.body_of(page.kind)
        if body is not self._body:
            self._fingers.cancel()
            self._replace(body)
        body.show(page)
        self.company = self._look.theme.company.get(page.language, "")
        self.footer = page.footer
        bottom, top, overlay = self.ids.bottom_bar, self.ids.top_bar, self.ids.overlay
        bottom.show(page)
        button = language_button(page)
        top.show_language(button if self._look.landscape else None)
        bottom.show_language(None if self._look.landscape else button)
        if overlay.absent == (page.warning is not None):
            self._fingers.cancel()
        overlay.show(page)

    def show_working(self, working: bool) -> None:
        self.ids.busy_strip.working = working

    def touchables(self) -> list[Pressable]:
        """What a finger can reach now: under a warning only Continue and the bottom bar."""
        overlay, bottom = self.ids.overlay, self.ids.bottom_bar
        reachable = [overlay, bottom] if not overlay.absent else [self.ids.stage, self.ids.top_bar, bottom]
        return [each for part in reachable for each in pressables(part)]

    def body_of(self, kind: PageKind) -> PageBody:
        """The body for a kind of page, built on first use."""
        if kind not in self._bodies:
            self._bodies[kind] = registry.build(kind)
        return self._bodies[kind]

    def _replace(self, body: PageBody) -> None:
        stage = self.ids.stage
        if self._body is not None:
            stage.remove_widget(self._body)
            self._body.wipe()
        self._body = body
        stage.add_widget(body)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        self._fingers.down(touch)
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        self._fingers.move(touch)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        self._fingers.up(touch)
        return True


load_rules(__file__)
