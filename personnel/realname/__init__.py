"""How far it is proved that a person on the register is who the file says: number, document, photo, confirmation."""
