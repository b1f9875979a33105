"""What sharing knows without any storage or transport: agreements, partners, rules, labels and contexts."""
