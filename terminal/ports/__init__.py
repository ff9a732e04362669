"""What the service needs from the world: promises, limits and errors, without any implementation."""
