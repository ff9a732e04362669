"""Emulated devices and hosts that own the truth, and the faults between them and the terminal."""
