"""Meters and readings: pure values and the rules for taking a reading."""
