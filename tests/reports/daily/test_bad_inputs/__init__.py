"""What people and machines send that cannot stand, each with its one defined answer.

The numbers in the names of the cases are those of the list of 48 bad inputs. On the page an
answer is a sentence in Vietnamese beside the field, which keeps what was typed; from the
API it is a status and a message by field. Never a 500, and nothing is saved. Files of units
(44 to 46) are in ``tests/campaign/test_load_units.py``, formulas (27 to 29) in
``tests/reports/test_police_csv.py``.
"""
