"""credit_code_invalid, id_number_invalid: check digits of 统一社会信用代码 (GB 32100-2015) and IDs (GB 11643-1999)."""

import re
from collections.abc import Iterator

from objection_docs.checking.faults.found import Found, Known

_USCC = re.compile(r"(?<![0-9A-Za-z])(?P<code>[159AN][1-59][0-9A-Z]{16})(?![0-9A-Za-z])")
_LABELLED = re.compile(r"信用代码(?:证号)?(?:为|是|[:(])*(?P<code>[0-9A-Za-z]{15,20})(?![0-9A-Za-z*])")
_ID = re.compile(r"(?:身份证|证件号|公民身份)[^\n。;]{0,12}?(?P<code>\d{17}[\dXx])(?![\dA-Za-z])")


def find(known: Known) -> Iterator[Found]:
    from stdnum.cn import ric, uscc

    seen = set()
    for pattern in (_LABELLED, _USCC):
        for m in pattern.finditer(known.text):
            code = m["code"]
            if code in seen or (
                pattern is _USCC and (code.isdigit() or _ID.search(known.text, max(0, m.start() - 20), m.end()))
            ):
                continue
            seen.add(code)
            if not uscc.is_valid(code):
                yield Found("credit_code_invalid", m.span("code"), None, {"one": code})
    for m in _ID.finditer(known.text):
        if not ric.is_valid(m["code"].upper()):
            # the number itself is personal; the message names its ends only
            yield Found("id_number_invalid", m.span("code"), None, {"one": f"{m['code'][:4]}…{m['code'][-2:]}"})
