"""The demo of spring 2023: people, places, plan and 18 thousand synthetic reports.

Taken from Báo Nam Định 2023 are the totals of Giao Thủy and of the police task force.
Everything else is made up, the same on every machine, and says so where it shows.
"""
