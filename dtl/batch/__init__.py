"""Batches: any number of files to one table, in bounded memory and many processes, resumable. In: paths, a folder.

Out: parts of a table in the folder of the run, and the table that they are merged to.
May use: everything of `dtl` but the command line.
"""
