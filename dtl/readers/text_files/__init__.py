"""Texts with numbers. In: the lines of a file.

Out: `dtl.readers.contents.Contents` from a table in any layout, with what stands above and between its numbers.
May use: `words`, `facts`, `arrays`.
"""
