"""Messages of a chat group, and what must be made of them."""
