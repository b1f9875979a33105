"""The interface of governance: who saw what, who may see what, what was disclosed, and what is still to be removed."""
