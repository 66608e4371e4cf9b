"""Work on what strangers send, in processes of its own with limits. In: a function and what it is called with.

Out: what it gives, what it raises, or why its process was ended; nothing of one call is left for the next.
May use: everything of `dtl` but batches, the command line and `import dtl`; no Streamlit.
"""
