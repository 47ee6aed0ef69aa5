"""The tab with its data as one HTML file, which needs no server.

The plugin's own routes answer about the logs, and a page holds their answers beside the tab's own
script; docs/report.md describes it.
"""
