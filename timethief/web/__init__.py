"""Routes, forms, pages: where people come in."""
