"""What a register was registered with: the user, the place, the numbers. All of it is printed on every receipt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registration:
    """Отчёт о регистрации. The defaults belong to a company that does not exist."""

    user: str = 'АО "Заречный энергосбыт"'
    """Tag 1048."""
    inn: str = "9701234561"
    """Tag 1018."""
    address: str = "443000, Самарская обл., г. Заречный, ул. Мира, д. 1"
    """Tag 1009."""
    place: str = "Платёжный терминал, офис обслуживания"
    """Tag 1187."""
    automat: str = "T-0001"
    """Tag 1036."""
    serial: str = "0000000000017421"
    """Заводской номер ККТ."""
    registration_number: str = "0009990000017421"
    """РН ККТ, tag 1037."""
    storage: str = "9999078902001234"
    """ФН, tag 1041."""
    tax_site: str = "www.nalog.gov.ru"
    """Tag 1060."""
    model: str = "ШТРИХ-КИОСК-ЭМУЛЯТОР"
    firmware: str = "C.1"
    build: int = 17421
