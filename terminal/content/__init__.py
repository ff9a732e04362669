"""What stands on the pages besides data: languages, fonts, pictures, themes."""
