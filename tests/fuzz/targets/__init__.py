"""What is fuzzed: each module holds `TARGETS`, and `tests.fuzz.catalogue` names the modules."""
