"""Parts of the page Export: session, tables, report.

In: the visit. Out: widgets.
May use: `dtl` and the core of the pages.
"""
