"""The pure core of money: what may follow what, what must be remembered, what must be done.

No I/O, no clock, no randomness. The service remembers facts in the journal and carries out effects.
"""
