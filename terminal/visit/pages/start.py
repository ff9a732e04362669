"""The first page, and the page that stands there while nothing is offered."""

from __future__ import annotations

from contracts.pages import Button, Notice, PageKind, Row, Tone
from terminal.visit import elements
from terminal.visit.account_flow import service_offered
from terminal.visit.pages.money_words import note_list
from terminal.visit.pages.scene import Content, Scene
from terminal.visit.state import Purpose


def start(scene: Scene) -> Content:
    """What is offered, and with a reason what is not. Nothing here belongs to any client."""
    if scene.surroundings.out_of_service:
        return _out_of_service(scene)
    return Content(
        PageKind.START,
        scene.text("What would you like to do?"),
        notices=(_tenders(scene),),
        buttons=(
            _service(scene, elements.PAY, Purpose.PAY, scene.text("Pay"), "cash"),
            _service(scene, elements.READINGS, Purpose.READINGS, scene.text("Give meter readings"), "meter"),
            _service(scene, elements.BALANCE, Purpose.BALANCE, scene.text("See the balance"), "info"),
        ),
    )


def _service(scene: Scene, name: str, purpose: Purpose, label: str, icon: str) -> Button:
    offered, reason = service_offered(purpose, scene.surroundings)
    return scene.choice(name, label, enabled=offered, detail=scene.text(reason), icon=icon)


def _tenders(scene: Scene) -> Notice:
    if not scene.surroundings.cash.offered:
        return Notice(
            Tone.WARNING, scene.text(scene.surroundings.cash.reason or "Cash is not accepted at the moment.")
        )
    if not scene.surroundings.note_values:
        return Notice(Tone.INFO, scene.text("The terminal takes notes and gives no change."))
    return Notice(Tone.INFO, scene.text("The terminal takes notes of {notes} and gives no change.",
                                        notes=note_list(scene.surroundings)))


def _out_of_service(scene: Scene) -> Content:
    return Content(
        PageKind.OUT_OF_SERVICE,
        scene.text("Sorry, the terminal is not working now"),
        scene.text(scene.surroundings.out_of_service),
        rows=(
            Row(scene.text("We will help by phone"), scene.phone, strong=True),
            Row(scene.text("Terminal number"), scene.surroundings.terminal),
        ),
    )
