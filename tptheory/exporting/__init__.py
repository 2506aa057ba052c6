"""Proofs in the languages of other systems that judge them again."""
