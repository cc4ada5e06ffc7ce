"""The failures as a code quality report, which GitLab shows at the lines of a merge request."""

from __future__ import annotations

import hashlib
import json

from probe.harmless import harmless
from probe.report.ci.content import CiContent


def code_quality(run: CiContent) -> str:
    """Return a JSON array with an issue per annotation (docs.gitlab.com/ci/testing/code_quality, "report format").

    An issue's fingerprint does not contain the figures, so it stays the same while the failure remains.
    """
    issues = []
    for each in run.annotations:
        key = "\n".join([each.name, each.file, str(each.line)])
        issues.append(
            {
                "description": harmless(each.sentence),
                "check_name": harmless(f"fivefifty: {each.name}"),
                "fingerprint": hashlib.sha256(key.encode("utf-8", "backslashreplace")).hexdigest(),
                "severity": "major",
                "location": {"path": harmless(each.file), "lines": {"begin": max(each.line, 1)}},
            }
        )
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"
