"""What people do at a Discord client: type commands, press buttons, fill in forms, write."""
