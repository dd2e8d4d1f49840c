"""What the house does as a whole."""
