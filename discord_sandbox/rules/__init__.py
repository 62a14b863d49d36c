"""What Discord refuses: request bodies → issues, with Discord's codes and texts."""
