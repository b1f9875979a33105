"""What people do in the panel's room: commands and questions, called by its interface and by its pages alike.

Each command is one transaction in the panel's store, in which what the panel says to other agencies is kept as well.
"""
