"""Reads reports out of messages of a chat group; it saves nothing and asks no database."""
