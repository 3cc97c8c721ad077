"""The API as models: what may be asked and sent, what is answered, and the description made of them."""
