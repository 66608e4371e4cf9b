"""Command line: one module a command, with its arguments and what it prints. In: arguments.

Out: an exit status, lines on stdout, sentences on stderr.
May use: everything of `dtl`; nothing imports it.
"""
