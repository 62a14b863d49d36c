"""Log records → lines safe from log injection → a rotating file and the console."""
