"""Drives TensorBoard's page and reads off what it cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, CDPSession, FrameLocator, Page

_MOVES = 200
_SIZE = {"width": 1280, "height": 800}
_FRAME = "iframe[src*='featuremaps']"

_FIND = """
    const find = node => {
        for (const child of node.querySelectorAll('*')) {
            if (child.dataset?.testid === 'grid-canvas') return child;
            const found = child.shadowRoot && find(child.shadowRoot);
            if (found) return found;
        }
        return null;
    };
    let canvas = null;
    const says = (name, value) => {
        // A walk over the whole page only where need be, since it takes longer than a step.
        if (!canvas?.isConnected) canvas = find(document);
        return canvas?.dataset[name] === value;
    };
    const until = (name, value) => new Promise(resolve => {
        const start = performance.now();
        const poll = () => {
            if (says(name, value)) resolve(performance.now() - start);
            else if (performance.now() - start > 10000) resolve(NaN);
            else requestAnimationFrame(poll);
        };
        poll();
    });
    const set = (slider, value) => {
        slider.value = value;
        slider.dispatchEvent(new Event('input'));
    };
"""
# They run in the page: they act, and resolve with the milliseconds until it is on the canvas.
_UNTIL_DRAWN = f"""([element, act, name, value]) => {{
    {_FIND}
    if (act === 'click') element.click();
    else set(element, act);
    return until(name, value);
}}"""
_STEPS = f"""async ([slider, indices, steps]) => {{
    {_FIND}
    for (const [i, index] of indices.entries()) {{
        set(slider, index);
        if (Number.isNaN(await until('step', steps[i]))) throw new Error(`no step ${{steps[i]}}`);
        await new Promise(requestAnimationFrame);
    }}
}}"""
STOCK_STEP = """element => new Promise(resolve => {
    const root = element.shadowRoot ?? element;
    const slider = root.querySelector('paper-slider');
    const address = root.querySelector('img').src;
    const start = performance.now();
    const poll = () => {
        const image = root.querySelector('img');
        if (image?.complete && image.src !== address) resolve(performance.now() - start);
        else if (performance.now() - start > 5000) resolve(NaN);
        else requestAnimationFrame(poll);
    };
    slider.value = slider.value > 0 ? slider.value - 1 : slider.max;
    requestAnimationFrame(poll);
})"""
# Scrolls an element's nearest scrolling ancestor for two seconds; resolves with the frames' times.
SCROLL = """element => new Promise(resolve => {
    const parent = node => node.parentElement ?? node.getRootNode().host ?? null;
    const fits = node => node.scrollHeight <= node.clientHeight + 1;
    let scroller = element;
    while (scroller && fits(scroller)) scroller = parent(scroller);
    if (!scroller) { resolve([]); return; }
    const frames = [], end = performance.now() + 2000;
    let last = performance.now(), way = 40;
    const frame = now => {
        frames.push(now - last);
        last = now;
        const top = scroller.scrollTop;
        scroller.scrollTop += way;
        if (scroller.scrollTop === top) way = -way;
        if (now < end) requestAnimationFrame(frame); else resolve(frames.slice(1));
    };
    requestAnimationFrame(frame);
})"""


def heap(page: Page) -> float:
    """Bytes of JavaScript's heap once what is unused has gone."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    session.detach()
    # The pixels lie in array buffers, which V8 counts apart.
    return float(usage["usedSize"] + usage.get("backingStorageSize", 0))


def hover(page: Page, box: Any) -> list[float]:
    """Milliseconds of the main thread for each move of the pointer over a box."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    times = []
    for part in range(5):
        start = _busy(session)
        for move in range(_MOVES):
            x = box["x"] + (0.1 + 0.8 * move / _MOVES) * box["width"]
            y = box["y"] + (0.1 + 0.15 * part) * min(box["height"], _SIZE["height"] - box["y"])
            page.mouse.move(x, y)
        page.wait_for_timeout(100)
        times.append(1000 * (_busy(session) - start) / _MOVES)
    session.detach()
    return times


def step_to_and_fro(page: Page, selector: str, steps: dict[int, str], times: int) -> float:
    """Milliseconds of the main thread for each step of a slider, until it is drawn.

    Args:
        page: with the tab.
        selector: of the slider.
        steps: what the canvas says when the slider is at an index.
        times: how often to go through them.
    """
    element = tab_of(page).locator(selector).element_handle()
    frame = next(frame for frame in page.frames if "plugin_entry" in frame.url)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    start = _busy(session)
    frame.evaluate(_STEPS, [element, list(steps) * times, list(steps.values()) * times])
    busy = _busy(session) - start
    session.detach()
    return 1000 * busy / len(steps) / times


def _busy(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(m["value"]) for m in metrics if m["name"] == "TaskDuration")


def until_drawn(page: Page, selector: str, act: str | int, name: str, value: str) -> float:
    """Clicks an element, or sets a slider, and waits until the canvas says a value of a name."""
    element = tab_of(page).locator(selector).element_handle()
    frame = next(frame for frame in page.frames if "plugin_entry" in frame.url)
    return float(frame.evaluate(_UNTIL_DRAWN, [element, act, name, value]))


def wait_for_maps(page: Page) -> None:
    """Waits until our tab has drawn a layer."""
    tab_of(page).locator("canvas[data-ready]").first.wait_for()


def tab_of(page: Page) -> FrameLocator:
    """The frame of our tab."""
    return page.frame_locator(_FRAME)


def sizes_of(page: Page) -> list[int]:
    """Bytes of each answer, filled as they come in."""
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    return sizes


@contextmanager
def opened_page(browser: Browser) -> Iterator[Page]:
    """A page without anything in its cache."""
    context = browser.new_context(viewport=_SIZE)  # type: ignore[arg-type]
    try:
        yield context.new_page()
    finally:
        context.close()
