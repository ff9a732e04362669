"""An emulated fiscal register: fiscal storage, printer mechanism, and the Shtrih-M protocol over them.

A test tool: it is never installed beside a register, and forms no documents of law.
"""
