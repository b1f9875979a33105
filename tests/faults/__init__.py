"""What the hub does while its parts are away, and when they are back."""
