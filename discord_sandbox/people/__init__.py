"""What users do in a Discord client: run commands, press buttons, fill in forms, write."""
