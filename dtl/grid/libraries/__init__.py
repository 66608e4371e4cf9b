"""Layouts of libraries, one module each, found by `dtl.grid.recognition`. In: a folder and a range of wavelengths.

Out: a `Library`; each module holds its layout as `LAYOUT`.
May use: `dtl.grid.library` and the words of the ground floor.
"""
