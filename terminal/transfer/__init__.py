"""Clients of billing hosts: our own contract, the OSMP protocol of payees, and the HTTP below them.

Only `http_requests` imports the HTTP library, which is slow to load; everything else is plain.
"""
