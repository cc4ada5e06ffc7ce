"""Build hook: packs the scenarios, and Vega, the JavaScript that draws the report's charts, into the wheel.

In the repository the scenarios are at the top; in a wheel they are inside a package.

The repository does not contain Vega, because it is other people's code. vl-convert contains it (84 MB), and only the
build needs that. The report then needs neither vl-convert nor the network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import vl_convert
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKED: Final = "probe/report/html/vega.js"
SCENARIOS: Final = ("scenarios", "fivefifty/scenarios")
"""The folder in the repository, and in the wheel."""
NOTICE: Final = """\
/*! Vega {vega}, Vega-Lite {lite} and Vega-Embed {embed} with what they stand on, packed by vl-convert {convert};
when fivefifty was built

Vega, Vega-Lite, Vega-Embed and their parts: Copyright (c) 2015-2025, University of Washington Interactive Data Lab,
and contributors. D3's modules and internmap: Copyright 2010-2025 Mike Bostock (ISC). topojson-client: Copyright
2012-2019 Michael Bostock (ISC). delaunator: Copyright (c) 2017 Mapbox (ISC). node-semver: Copyright (c) Isaac Z.
Schlueter and contributors (ISC). json-stringify-pretty-compact: Copyright (c) 2014 Simon Lydell (MIT). fast-json-patch:
Copyright (c) 2013, 2014, 2020 Joachim Wester (MIT). robust-predicates: in the public domain.

BSD 3-Clause: Redistribution and use in source and binary forms, with or without modification, are permitted provided
that the following conditions are met: 1. Redistributions of source code must retain the above copyright notice, this
list of conditions and the following disclaimer. 2. Redistributions in binary form must reproduce the above copyright
notice, this list of conditions and the following disclaimer in the documentation and/or other materials provided with
the distribution. 3. Neither the name of the copyright holder nor the names of its contributors may be used to endorse
or promote products derived from this software without specific prior written permission. THIS SOFTWARE IS PROVIDED BY
THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE
COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR
BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
(INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE
POSSIBILITY OF SUCH DAMAGE.

ISC: Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies. THE SOFTWARE IS
PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES
OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR
CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF
CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS
SOFTWARE.

MIT: Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice and
this permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED
"AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT
HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE. */
"""


def vega() -> str:
    """Return the JavaScript. It defines one global name, the function ``vegaEmbed``."""
    notice = NOTICE.format(
        vega=vl_convert.get_vega_version(),
        lite=max(vl_convert.get_vegalite_versions(), key=lambda text: [int(part) for part in text.split(".")]),
        embed=vl_convert.get_vega_embed_version(),
        convert=vl_convert.__version__,
    )
    packed = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return f"{notice}(() => {{{packed}\n}})();\n"


class Pack(BuildHookInterface):
    """Adds the scenarios to the wheel, and the file of Vega, although git ignores it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the file of Vega, for a wheel as for an editable installation, which has no need of the scenarios."""
        if version == "standard":
            build_data["force_include"].update([SCENARIOS])
        (Path(self.root) / PACKED).write_text(vega(), "utf-8")
        build_data["artifacts"].append(PACKED)
