"""Runs the pure core against the ports: one event loop, one thread, commits inline."""
