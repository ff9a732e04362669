"""What pages are built of. A block shows the part of a page it is for, and is absent when the page has none."""
