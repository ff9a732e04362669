"""What the parts of the product say to one another: money, identifiers, pages, faults, life signs.

Pure values without I/O. Everything here may be imported by every other package and imports none of them.
"""
