"""A receipt as the requests that make it, up to but without the closing one. Pure.

The register builds the item itself from FF46; what FF46 has no field for goes as records bound to it.
"""

from __future__ import annotations

from fiscal import tlv
from fiscal.documents import Agent, Item, Operation, Receipt, UserRequisite
from fiscal.tlv import Record
from terminal.devices.shtrih.commands import Command, Requests
from terminal.devices.shtrih.storage_commands import StorageRequests

_RECEIPT_KINDS = {Operation.SALE: 0, Operation.BUY: 1, Operation.SALE_RETURN: 2, Operation.BUY_RETURN: 3}


def opening_commands(receipt: Receipt, requests: Requests, storage: StorageRequests) -> list[Command]:
    """Everything before FF45; nothing of it outlives the power of the register. Raises `ValueError` (`TlvError`) when
    a text or a sum does not fit."""
    commands = [requests.line(line) for line in receipt.lines_before]
    commands.append(requests.open_receipt(_RECEIPT_KINDS[receipt.operation]))
    for item in receipt.items:
        commands.append(storage.item(receipt.operation, item))
        commands += [storage.item_records(tlv.encode(record)) for record in item_records(item, receipt.agent)]
    if receipt.requisite is not None:
        commands.append(storage.document_records(tlv.encode(requisite_record(receipt.requisite))))
    commands += [requests.line(line, deferred=True) for line in receipt.lines_after]
    return commands


def item_records(item: Item, agent: Agent | None) -> list[Record]:
    """Unit of measure (mandatory in FFD 1.2) and, for an agent, who is paid for whom (54-ФЗ, ст. 4.7)."""
    records = [Record(2108, item.unit)]
    if agent is not None:
        records += [
            Record(1222, int(agent.kind)),
            Record(1223, (Record(1073, agent.agent_phone), Record(1074, agent.operator_phone))),
            Record(1224, (Record(1171, agent.supplier_phone), Record(1225, agent.supplier_name))),
            Record(1226, agent.supplier_inn),
        ]
    return records


def requisite_record(requisite: UserRequisite) -> Record:
    return Record(1084, (Record(1085, requisite.name), Record(1086, requisite.value)))
