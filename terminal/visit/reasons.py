"""Reasons that the service gives for not offering something; message identifiers, worded where pages are."""

from __future__ import annotations

from terminal.visit.language import msgid

STARTING = msgid("The terminal is starting. One moment, please.")
HOST_REFUSES = msgid("The supplier does not take payments for this account here. Please call the supplier.")
NO_CASH = msgid("Cash is not accepted at the moment.")
