"""What a client walks through: where they are, what a touch means there, what page that is. Pure."""
