"""The fuzzing process of one target: libFuzzer through atheris, guided by the coverage of the product's modules.

`python -m tests.fuzz.worker MODULE TARGET [libFuzzer's options and folders]`. Ends with a code other than zero, the
trace on standard error, and the input beside the others when something is found.
"""

from __future__ import annotations

import importlib
import logging
import sys

import atheris

from tests.fuzz.catalogue import LIBRARIES, PRODUCT
from tests.fuzz.target import Target, run


def main(module: str, name: str, options: list[str]) -> None:
    logging.disable(logging.CRITICAL)
    with atheris.instrument_imports(include=[*PRODUCT, *LIBRARIES, module]):
        targets: tuple[Target, ...] = importlib.import_module(module).TARGETS
    target = next(each for each in targets if each.name == name)
    atheris.Setup([sys.argv[0], *options], lambda data: run(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
