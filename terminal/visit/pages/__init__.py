"""Presenters: what each place of a visit looks like in words. Pure; nothing of pixels."""
