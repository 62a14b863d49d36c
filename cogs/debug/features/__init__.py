"""One folder per /debug command: the command, its replies, the actions of its controls."""
