"""An emulated billing host: accounts of four made-up suppliers, payments and readings by key, and faults on request.

It speaks the JSON contract of docs/protocols/openapi.yaml and the OSMP provider protocol, written from those documents.
"""
