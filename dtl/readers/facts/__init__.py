"""What a file says of its spectrum beside the arrays. In: cards of a header, keys with values.

Out: claims of `dtl.readers.contents.Contents` on star, motions, resolution, medium, frame; which of rival ones holds.
May use: `words`.
"""
