"""What phones say of their queue when they ask the server: who is silent is not lazy."""
