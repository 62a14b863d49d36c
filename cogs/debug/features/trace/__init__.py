"""The command /debug trace."""
