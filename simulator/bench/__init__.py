"""The bench: a whole terminal with emulated devices, started by one command and seen in the browser."""
