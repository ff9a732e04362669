"""Money bugs planted by hand; the simulation must find each: what a checker has never caught proves nothing."""
