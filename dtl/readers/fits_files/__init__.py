"""FITS. In: an opened file.

Out: `dtl.readers.contents.Contents` from files of any layout, from axes given as formulae, and from spectrographs whose
files need a reader of their own.
May use: `words`, `facts`, `pixels`, `arrays`, `text_files`.
"""
