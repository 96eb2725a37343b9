"""What a text must not hold: citizen ids. Without Django, so that readers of texts can use it."""

import re

# A citizen's number stands in one run of 12 digits, or in the groups in which people
# write it: by three or four, or the province, the year and the rest. A telephone number
# has 10 and is left alone.
GROUPS = (
    r"\d{12}",
    r"\d{3}([ .\-])\d{3}\1\d{3}\1\d{3}",
    r"\d{4}([ .\-])\d{4}\2\d{4}",
    r"0\d{5}([ .\-])\d{6}",
    r"0\d{2}([ .\-])\d{3}\4\d{6}",
    r"0\d{2}([ .\-])\d\5\d{2}\5\d{6}",
)
CITIZEN_ID = re.compile(rf"(?<!\d)(?:{'|'.join(GROUPS)})(?!\d)")
# Marks without width, which would hide such a number from the eye and from the search.
NO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
