"""Asks flufl.bounce, the bounce parser of Mailman. It says which recipients failed, never why.

    fivefifty run SCENARIO --classifier "program:python3 scenarios/classifiers/flufl_bounce.py"

flufl.bounce parses mail. So it gets the delivery report (RFC 3464) that a sender's own server would write about the
last reply, and returned mail that fivefifty could not parse.
"""

from __future__ import annotations

import json
import sys
from email import message_from_bytes, message_from_string

from flufl.bounce import all_failures

REPORT = """\
From: MAILER-DAEMON@sender.example
Content-Type: multipart/report; report-type=delivery-status; boundary=part

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; sender.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {code} {text}

--part--
"""

for line in sys.stdin:
    request = json.loads(line)
    if "end" in request:
        sys.stdout.flush()
        continue
    heard = request["heard"]
    mail = [message_from_bytes(home["content"].encode("latin-1")) for home in request["returned"] if home["content"]]
    if request["bounced"]:
        code = heard["code"] or 450
        status = heard["enhanced"] or f"{code // 100}.0.0"
        text = " ".join(heard["text"].split())
        mail.append(
            message_from_string(REPORT.format(recipient=request["recipient"], status=status, code=code, text=text))
        )
    failed = {address.decode("ascii", "replace").lower() for each in mail for address in all_failures(each)[1]}
    answer = {"campaign": request["campaign"], "recipient": request["recipient"], "cause": None}
    answer["advice"] = "suppress" if request["recipient"].lower() in failed else "keep"
    print(json.dumps(answer))
