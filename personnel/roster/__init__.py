"""Rosters from spreadsheets: bytes, Book, Tables, Rows, Plan, register. Every stage but the last is pure."""
