"""Export: what leaves the program. In: results and sessions.

Out: tables, reports, saved sessions, scripts and citations.
May use: figures and all below them.
"""
