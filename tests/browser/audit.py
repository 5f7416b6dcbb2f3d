"""What is wrong with a page as it stands: by axe-core, and for who has a narrow screen."""

from axe_playwright_python.sync_playwright import Axe

from tests.browser.tutor import Tutor

PHONE = 390
MAIN = "[data-testid=stMain]"
# Streamlit's own, each by its rule and a part of the HTML it is found in. The link that skips to the content axe knows by the
# first other link after it, and it finds no order between one in a shadow tree and the rest of the page.
STREAMLITS_OWN = {
    ("presentation-role-conflict", 'data-testid="stFileUploaderDropzone"'),
    ("region", 'data-testid="stSkipToContent"'),
}
# What axe passes stays in the page: to hand it over takes longer than to find it.
VIOLATIONS = """([within, rules]) => axe.run(within, {
  resultTypes: ["violations"], ...(rules.length ? { runOnly: { type: "rule", values: rules } } : {}),
}).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
  [id, html.slice(0, 200), failureSummary.slice(0, 300)])))"""
# What sticks out of the page or the sidebar sideways and is in no box of its own that scrolls.
STICKS_OUT = """name => {
  const box = document.querySelector(`[data-testid="${name}"]`), edge = box.getBoundingClientRect(), found = [];
  const above = (node) => node.parentElement || node.getRootNode().host;
  const scrolls = (node) => ['auto', 'scroll'].includes(getComputedStyle(node).overflowX);
  const boxed = (node) => {
    for (let up = above(node); up && up !== box; up = above(up)) if (scrolls(up) && up.parentElement !== box) return true;
    return false;
  };
  const look = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot) look(node.shadowRoot);
      const { left, right, width, height } = node.getBoundingClientRect();
      if (node.matches('[data-testid="stSlider"] input')) continue;  // nobody sees it; Streamlit lets it stick out at the end
      if (node.closest('.katex-mathml')) continue;  // for who listens; nobody sees it
      if (node.matches('path') && getComputedStyle(node.ownerSVGElement).overflowX !== 'visible') continue;  // a curve, cut
      if (!width || !height || (right <= edge.right + 1 && left >= edge.left - 1) || boxed(node)) continue;
      if (!node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
      found.push(`${node.tagName} from ${left} to ${right}, beyond ${edge.left} to ${edge.right}: `
        + `${node.className?.baseVal ?? node.className} ${node.textContent.slice(0, 60)}`);
    }
  };
  look(box);
  for (const outer of [document.documentElement, document.body, box, ...box.children])
    if (outer.scrollWidth > outer.clientWidth + 1 && getComputedStyle(outer).overflowX !== 'visible')
      found.push(`${outer.tagName} ${outer.dataset.testid} scrolls: ${outer.scrollWidth} > ${outer.clientWidth}`);
  return found;
}"""


def violations(tutor: Tutor, *rules: str, within: str = "html") -> list[str]:
    """What axe-core finds wrong by these rules or all, in a part of the page or all, but for what is Streamlit's own."""
    page = tutor.idle().page
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)
    return [
        f"{rule}: {html} {summary}"
        for rule, html, summary in page.evaluate(VIOLATIONS, [within, rules])
        if not any(rule == own and part in html for own, part in STREAMLITS_OWN)
    ]


def sticks_out(tutor: Tutor, box: str = "stMain") -> list[str]:
    """What of the page, or the sidebar, is not within it."""
    return tutor.idle().page.evaluate(STICKS_OUT, box)


def sticks_out_on_a_phone(tutor: Tutor) -> list[str]:
    """What is not within the page while the window is as narrow as a phone."""
    wide = tutor.page.viewport_size
    tutor.page.set_viewport_size({"width": PHONE, "height": 900})
    if found := sticks_out(tutor):
        tutor.page.wait_for_timeout(500)  # a chart follows a little later
        found = sticks_out(tutor)
    tutor.page.set_viewport_size(wide)
    return found
