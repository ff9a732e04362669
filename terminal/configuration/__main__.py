"""`python -m terminal.configuration` prints the example configuration with every key explained."""

from __future__ import annotations

from terminal.config import TerminalConfig
from terminal.configuration.example import render

if __name__ == "__main__":
    print(render(TerminalConfig), end="")
