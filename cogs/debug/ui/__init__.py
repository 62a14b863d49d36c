"""What every answer is made of: the reply, its controls and their actions, escaping, sending."""
