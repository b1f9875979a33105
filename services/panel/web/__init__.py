"""The pages of the panel service: what an agency knows, for a purpose that the practitioner states."""
