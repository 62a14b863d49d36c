"""Log records → lines that cannot be forged → a rotating file and the console."""
