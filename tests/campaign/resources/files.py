"""A file of one commune that is in order."""

UNIT = ["code", "name", "kind", "parent_code", "valid_from"]
GOOD = "code,name,kind,parent_code,valid_from\n14199,Xã Giao An,xã,365,2023-01-01\n"
