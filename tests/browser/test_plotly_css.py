from __future__ import annotations

from playwright.sync_api import Browser

from timethief.web.assets import STATIC

FOLDER = STATIC / "vendor" / "plotly-basic@4.1.1"
RULES = """() => [...document.querySelectorAll('style')]
    .flatMap((style) => [...style.sheet.cssRules]).map((rule) => rule.cssText)"""


def test_our_copy_of_the_charts_rules_is_what_the_charts_would_inject(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<div id='chart'></div>")
    page.add_script_tag(path=FOLDER / "plotly-basic.min.js")
    page.evaluate("() => Plotly.newPlot('chart', [{y: [1, 2]}])")
    injected = page.evaluate(RULES)

    page.set_content("<p></p>")
    page.add_style_tag(path=FOLDER / "plotly.css")
    ours = page.evaluate(RULES)

    page.close()
    assert len(injected) > 20
    assert set(injected) <= set(ours)
