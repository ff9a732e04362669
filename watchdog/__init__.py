"""Keeps the terminal's processes at work: starts them, wants progress from them, restarts them, writes down outages."""
