"""What words say: names of columns, units, sentences of comments. In: texts out of a file.

Out: roles, units, and claims about medium, frame and resolution.
May use: the modules beside this folder that hold contents, limits, spectrographs and the source.
"""
