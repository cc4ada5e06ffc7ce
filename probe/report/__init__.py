"""What a run came to, told to people."""
