"""How the installer's file becomes settings: rules for single values, the sections, the reader, the wording."""
