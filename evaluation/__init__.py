"""What the model understands, measured; development only."""
