"""One module and one kv rule of the same name for each kind of page."""
