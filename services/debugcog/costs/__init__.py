"""What the calls of models cost, by the prices that the host gives."""
