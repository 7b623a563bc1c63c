"""Does the browser's kernel compute what ours computes, to a millionth of a person, in a real browser?"""

from __future__ import annotations

import base64

import numpy as np
from playwright.sync_api import Browser

from coverage.model.equations import javascript
from coverage.model.equations.month import MONTHLY
from tests import random_months
from tests.test_equations import CASES, by_kernel, packed, shaped

AT_ONCE = 250
RUN = """(cases) => {
  const floats = (text) => new Float64Array(Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer);
  const written = (array) => {
    const bytes = new Uint8Array(array.buffer);
    let text = "";
    for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
    return btoa(text);
  };
  return cases.map((one) => {
    const given = { ...one.size };
    for (const name in one.arrays) given[name] = floats(one.arrays[name]);
    const flows = cakupanKernel.run(given, "flows");
    return Object.fromEntries(Object.entries(flows).map(([name, values]) => [name, written(values)]));
  });
}"""


def test_the_kernel_of_the_browser_equals_ours(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<title>kernel</title>")
    page.add_script_tag(content=javascript.text(MONTHLY) + "\nwindow.cakupanKernel = cakupanKernel;")
    furthest = 0.0
    for first in range(0, CASES, AT_ONCE):
        cases = [random_months.case(seed, series=3, months=9) for seed in range(first, first + AT_ONCE)]
        for case, figures in zip(cases, page.evaluate(RUN, [packed(case) for case in cases]), strict=True):
            for name, values in by_kernel(case).items():
                found = shaped(case, name, np.frombuffer(base64.b64decode(figures[name]), dtype=np.float64))
                known = np.isfinite(values)
                assert (found[~known] == values[~known]).all(), name
                furthest = max(furthest, float(np.abs(found[known] - values[known]).max(initial=0)))
    page.close()

    assert furthest < 1e-6
