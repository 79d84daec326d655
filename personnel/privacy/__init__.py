"""What the office owes the people in its register: copy, correction, notice, and an end of the file."""
