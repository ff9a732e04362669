"""What the kiosk shows by itself while it cannot reach the service, in both languages at once.

These two pages are the only texts for clients that do not come from the service: they are needed exactly when the
catalogue of languages is out of reach.
"""

from __future__ import annotations

from contracts.pages import Page, PageKind

OUT_OF_SERVICE_AFTER_S = 20.0
"""A restart of the service takes a few seconds; after so long it is no longer `one moment`."""

NO_PAGE = 0
"""Number of a page that the service does not know: nothing is sent for it."""

ONE_MOMENT = Page(
    number=NO_PAGE,
    kind=PageKind.WAIT,
    language="ru",
    heading="Одну минуту…",
    lead="Терминал готовится к работе.\n\nOne moment, please. The terminal is getting ready.",
    busy=True,
)

OUT_OF_SERVICE = Page(
    number=NO_PAGE,
    kind=PageKind.OUT_OF_SERVICE,
    language="ru",
    heading="Терминал временно не работает",
    lead="Приносим извинения. Мы уже знаем об этом.\n\n"
    "The terminal is temporarily out of service. We apologise; we already know about it.",
)


def own_page(lost_for_s: float) -> Page:
    """The page for a service that has been out of reach for so many seconds."""
    return OUT_OF_SERVICE if lost_for_s >= OUT_OF_SERVICE_AFTER_S else ONE_MOMENT
