"""The demonstration: a scripted visit with real touch events on a real (virtual) screen, and pictures of it."""
