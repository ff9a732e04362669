"""Drivers of the devices: each implements one port, and none knows another."""
