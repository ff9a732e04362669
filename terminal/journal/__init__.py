"""The journal: what the terminal remembers about money, its outbox, its ballast, its vault and their tools.

One SQLite file, one connection, one process. A step is one transaction and one sync of the disk.
"""
