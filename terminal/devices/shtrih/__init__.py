"""Fiscal registers that speak the Shtrih-M "KKT–FN" protocol: standard low level (1.x) and numbered packets (2.0)."""
