"""Corrections of the register: a mistyped number, a person entered by mistake, two files of one person."""
