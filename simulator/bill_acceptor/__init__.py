"""An emulated bill acceptor: a mechanism that owns the truth about every note, and a protocol over it."""
