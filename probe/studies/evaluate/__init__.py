"""Evaluation: every classifier on many scenarios, with further tests and with weights fitted without a vendor."""
