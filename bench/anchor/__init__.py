"""The bare Django that our pages and our door are held against, on the same server."""
