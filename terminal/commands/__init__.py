"""The commands of `python -m terminal`, one module each with `main(arguments) -> exit code`."""
