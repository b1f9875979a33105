"""Intake: takes reports from agencies, answers each with a receipt, and puts them sealed on the log."""
