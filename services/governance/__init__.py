"""Governance: who may see what and why, who has seen what, and what still has to be removed.

Built from the topics alone. It holds opaque references and decisions, never content, and drops nothing it reads.
"""
