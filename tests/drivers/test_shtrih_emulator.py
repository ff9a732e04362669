"""The emulated register by itself: the storage's own rules, the printer's paper, the verbs, the memory in a file."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from simulator.control import ControlServer
from simulator.fiscal_register import storage_file
from simulator.fiscal_register.paper_image import DOTS, GAP_DOTS, LEAST_QR_DOTS, picture
from simulator.fiscal_register.storage import (
    SHIFT_LIMIT,
    UNSENT_LIMIT,
    DocumentKind,
    FiscalStorage,
    StorageRefused,
)
from simulator.fiscal_register.tape import Cut, QrCode, TextLine
from simulator.fiscal_register.verbs import register_verbs
from tests.drivers.shtrih_rig import Rig, rig
from tests.support.virtual_loop import run_virtually

AT = datetime(2026, 11, 21, 14, 7)  # noqa: DTZ001
MINUTE = timedelta(minutes=1)


def opened(seed: int = 0) -> FiscalStorage:
    storage = FiscalStorage.registered("9999078902001234", AT, seed)
    formed(storage, DocumentKind.SHIFT_OPEN, AT)
    return storage


def formed(storage: FiscalStorage, kind: DocumentKind, at: datetime) -> int:
    storage.begin(kind, at)
    return storage.form(at, operation=1, total=150_000).number


def refusal(storage: FiscalStorage, kind: DocumentKind, at: datetime) -> int:
    with pytest.raises(StorageRefused) as refused:
        storage.begin(kind, at)
    return refused.value.code


def test_document_exists_only_when_formed() -> None:
    storage = opened()
    storage.begin(DocumentKind.RECEIPT, AT)
    assert storage.last_number == 2
    storage.lose_power()
    assert storage.begun is None
    with pytest.raises(StorageRefused):
        storage.form(AT)
    assert formed(storage, DocumentKind.RECEIPT, AT) == 3
    assert storage.find(3).receipt == 1


def test_signs_follow_from_the_seed() -> None:
    signs = [[each.sign for each in opened(seed).documents] for seed in (1, 1, 2)]
    assert signs[0] == signs[1]
    assert signs[0] != signs[2]


def test_storage_keeps_the_order_of_documents() -> None:
    storage = opened()
    assert refusal(storage, DocumentKind.SHIFT_OPEN, AT) == 0x02
    formed(storage, DocumentKind.SHIFT_CLOSE, AT)
    assert refusal(storage, DocumentKind.RECEIPT, AT) == 0x02
    assert refusal(storage, DocumentKind.SHIFT_CLOSE, AT) == 0x02


def test_storage_keeps_its_limits() -> None:
    storage = opened()
    storage.deliver()
    assert refusal(storage, DocumentKind.RECEIPT, AT + SHIFT_LIMIT) == 0x16
    assert formed(storage, DocumentKind.SHIFT_CLOSE, AT + SHIFT_LIMIT) == 3
    assert refusal(storage, DocumentKind.SHIFT_OPEN, AT) == 0x07
    assert refusal(storage, DocumentKind.SHIFT_OPEN, AT + SHIFT_LIMIT + UNSENT_LIMIT) == 0x15
    storage.deliver()
    assert formed(storage, DocumentKind.SHIFT_OPEN, AT + SHIFT_LIMIT + UNSENT_LIMIT) == 4
    storage.expires = AT.date()
    assert refusal(storage, DocumentKind.RECEIPT, AT + SHIFT_LIMIT + UNSENT_LIMIT + MINUTE) == 0x05


def test_memory_survives_in_a_file(tmp_path: Path) -> None:
    storage = opened(7)
    formed(storage, DocumentKind.RECEIPT, AT)
    path = tmp_path / "devices" / "storage.json"
    assert storage_file.load(path) is None
    storage_file.save(storage, path)
    assert storage_file.load(path) == storage
    path.write_text("{}")
    with pytest.raises(ValueError, match="not the memory"):
        storage_file.load(path)


def test_picture_is_80_mm_wide_with_a_code_of_20_mm() -> None:
    code = "t=20261121T1407&s=1500.00&fn=9999078902001234&i=432&fp=3522207165&n=1"
    strips = [TextLine("КАССОВЫЙ ЧЕК"), QrCode(code), Cut()]
    with Image.open(io.BytesIO(picture(strips))) as image:
        assert image.width == DOTS + 2 * GAP_DOTS
        below_text = (GAP_DOTS + 1, GAP_DOTS + 55, GAP_DOTS + DOTS - 1, image.height - GAP_DOTS - 20)
        grey = image.convert("L").crop(below_text)
        dark = grey.point(lambda level: 255 if level < 100 else 0).getbbox()
    assert dark is not None
    assert dark[2] - dark[0] >= LEAST_QR_DOTS
    assert dark[2] - dark[0] == dark[3] - dark[1]


async def order(control: ControlServer, *words: str) -> Any:
    line = json.dumps({"verb": words[0], "arguments": words[1:]}).encode()
    reply = await control.answer(line)
    if not reply["ok"]:
        raise ValueError(reply["reason"])
    return reply["answer"]


def test_verbs_do_what_they_say(tmp_path: Path) -> None:
    async def scene(made: Rig) -> None:
        control = ControlServer(tmp_path / "control")
        register_verbs(control, made.device)
        await made.sell()
        await made.register.finish_printing()
        assert (await order(control, "paper", "out"))["paper_mm"] == 0
        assert (await order(control, "paper", "in"))["paper_mm"] == 80_000
        assert (await order(control, "cover", "open"))["submode"] == 1
        assert (await order(control, "cover", "close"))["submode"] == 0
        assert (await order(control, "ofd", "down"))["ofd_up"] is False
        assert (await order(control, "age-shift", "25"))["mode"] == 3
        assert (await order(control, "mode", "cold_start", "on"))["cold_start"] is True
        await order(control, "cut-power")
        await asyncio.sleep(1.0)
        assert (await order(control, "state"))["powered"] is False
        await order(control, "power-on")
        assert (await order(control, "state"))["mode"] == 6
        assert [each["kind"] for each in await order(control, "documents")] == [1, 2, 3]
        for wrong in (("paper", "wet"), ("mode", "tea", "on"), ("mode", "presenter", "yes"), ("cut-power", "soon")):
            with pytest.raises(ValueError, match=r"\w"):
                await order(control, *wrong)

    async def main() -> None:
        async with rig() as made:
            await scene(made)

    run_virtually(main())
