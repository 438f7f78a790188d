"""Leaks of redaction tools on footage whose faces are known: measured, counted, drawn, written.

``python -m bench.leaks FOLDER`` (``make bench-leaks FOOTAGE=folder``). Every part below judges by
the output alone, so that nothing about a tool has to be believed.
"""
