"""Real processes, real files, real signals: what is acknowledged survives whatever the machine does to the service."""
