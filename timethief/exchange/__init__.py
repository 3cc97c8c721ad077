"""What crosses the border as JSON: strict on the way in, by the contract on the way out."""
