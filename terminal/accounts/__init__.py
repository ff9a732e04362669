"""What is known of a client's account, already masked: pure values and rules."""
