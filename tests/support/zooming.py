"""Zooming: a page as somebody reads it who enlarges it four times in a window of 1280 by 1024 (WCAG 1.4.10, 2.4.11).

Enlarged so, the window is 320 by 256 CSS pixels: one scrolls downwards and never sideways, nothing that was there is
gone, and whatever has the focus can be seen.
"""

from typing import Any, Final

from playwright.sync_api import Browser, Page

WIDTH: Final = 1280
HEIGHT: Final = 1024
TIMES: Final = 4
TABS_MAX: Final = 60
"""How often Tab is pressed on a page: what sticks covers the first thing behind it or none."""
_SCROLLING_ALLOWED: Final = ".cairn_table-frame, .cairn_heat-frame, .cairn_graph, svg, .cairn_drawing__canvas, pre"
"""What needs both directions to be understood: tables of data, graphs and maps."""

_WORDS = "() => [...new Set(document.body.innerText.toLowerCase().match(/[\\p{L}\\p{N}]+/gu) ?? [])]"
_SPOIL = "style => { const made = new CSSStyleSheet(); made.replaceSync(style); document.adoptedStyleSheets = [made]; }"
_SIDEWAYS = """allowed => {
  const found = [], wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) found.push('the page scrolls sideways');
  for (const one of document.body.querySelectorAll('*')) {
    if (one.closest(allowed) || one.closest('.visually-hidden, [aria-hidden=true]')) continue;
    const style = getComputedStyle(one);
    if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1 && style.overflowX !== 'visible'
        && !['INPUT', 'TEXTAREA', 'SELECT'].includes(one.tagName))
      found.push(`cut off or scrolling sideways: ${one.tagName}.${one.className}`);
  }
  return found;
}"""
_COVERED = """async () => {
  for (let before = NaN; before !== scrollY;) {  // it scrolls to what has the focus
    before = scrollY;
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  }
  const it = document.activeElement;
  if (!it || it === document.body) return null;
  const boxes = [...it.getClientRects(), ...[...(it.labels ?? [])].flatMap(label => [...label.getClientRects()])];
  const name = `${it.tagName}#${it.id} ${(it.innerText || it.getAttribute('aria-label') || '').slice(0, 40)}`;
  const inside = boxes.map(box => [Math.max(box.left, 0), Math.max(box.top, 0),
                                   Math.min(box.right, innerWidth) - 1, Math.min(box.bottom, innerHeight) - 1])
    .filter(([left, top, right, bottom]) => right >= left && bottom >= top)
    .flatMap(([left, top, right, bottom]) => [0.1, 0.5, 0.9].flatMap(x => [0.1, 0.5, 0.9].map(
      y => [left + (right - left) * x, top + (bottom - top) * y])));
  if (!inside.length) return `out of sight: ${name}`;
  const covers = top => { for (let one = top; one; one = one.parentElement)
    if (['fixed', 'sticky'].includes(getComputedStyle(one).position)) return !one.contains(it); return false; };
  return inside.every(([x, y]) => covers(document.elementFromPoint(x, y))) ? `covered: ${name}` : '';
}"""


def troubles_at_400(browser: Browser, hub: str, who: str, path: str, spoilt: str = "") -> list[str]:
    """What is lost, scrolls sideways, or hides what has the focus, on one page enlarged four times; `spoilt` is a style
    that is laid over it, to see that it would be noticed."""
    page = _opened(browser, hub, who, path)
    page.evaluate(_SPOIL, spoilt)
    words = set(page.evaluate(_WORDS))
    page.set_viewport_size({"width": WIDTH // TIMES, "height": HEIGHT // TIMES})
    lost = sorted(words - set(page.evaluate(_WORDS)))
    found = [f"lost: {' '.join(lost)}"] if lost else []
    found += page.evaluate(_SIDEWAYS, _SCROLLING_ALLOWED)
    for _ in range(TABS_MAX):
        page.keyboard.press("Tab")
        said: Any = page.evaluate(_COVERED)
        if said is None:
            break
        if said:
            found.append(said)
    page.context.close()
    return found


def _opened(browser: Browser, hub: str, who: str, path: str) -> Page:
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=TIMES, locale="en-GB", reduced_motion="reduce"
    )
    if who:
        context.add_cookies([{"name": "cairn_demo", "value": who, "url": hub}])
    page = context.new_page()
    page.goto(hub + path, wait_until="load")
    return page
