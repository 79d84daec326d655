"""Certificates of service and of leaving: who may have which, their numbers, their words."""
