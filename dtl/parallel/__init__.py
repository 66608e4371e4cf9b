"""Many independent jobs at once, on this machine or on a Dask cluster. In: a function of a module, and its jobs.

Out: what each job gives, whichever process it ran in, or why its process was ended.
May use: the words; nothing of what the jobs are about.
"""
