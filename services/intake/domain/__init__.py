"""What intake knows without any storage or transport: submissions, and the language of reports."""
