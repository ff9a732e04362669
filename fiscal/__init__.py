"""Documents of 54-ФЗ as values: receipts, tags, shift and OFD deadlines, and the port of a fiscal register.

Pure: no I/O and no clock. Sources: FFD 1.2 (order ЕД-7-20/662@ with amendments), 54-ФЗ.
"""
