import { ContextProvider } from '@lit/context';
import { HttpSource } from './api/http_source';
import type { Source } from './api/source';
import { AppState } from './app_state';
import { handleKey } from './host/keyboard';
import {
  HostChannel,
  onHostAddress,
  readHostAddress,
  readHostFonts,
  readHostRunFilter,
  watchDarkMode,
  watchVisibility,
  writeHostAddress,
} from './host/tensorboard_page';
import { Actions } from './state/actions';
import { addressOf } from './state/link';
import type { Selection } from './state/selection';
import { fromParameters, isElsewhere } from './state/url';
import { AppView } from './views/app_view';
import { tabContext } from './views/context';
import { pageStyle } from './views/theme';

/** Builds the one state and view of the tab, and wires them to the page around it. */
export function start(page: Document, source: Source = new HttpSource()): void {
  const style = page.createElement('style');
  style.textContent = readHostFonts(window) + pageStyle;
  page.head.append(style);
  page.documentElement.lang = 'en';
  page.title = 'Feature Maps';

  const app = new AppState(source);
  const actions = new Actions(app);
  const linked = fromParameters(readHostAddress(window));
  const runFilter = linked.selection.runFilter || readHostRunFilter(window);
  app.open({ ...linked.selection, runFilter }, linked.look);
  keepAddress(app);
  watchDarkMode(window, (dark) => page.documentElement.classList.toggle('dark', dark));
  page.addEventListener('keydown', (event) => handleKey(event, actions));
  new ContextProvider(page.body, { context: tabContext, initialValue: { app, actions } });
  page.body.append(new AppView());
  new HostChannel(window).onReload(() => app.live.ask());
  window.focus(); // so that keys work before the first click
  watchVisibility(window, (visible) => app.live.show(visible));
}

/** Browsers slow a page down that writes its address at each step of a film. */
const ADDRESS_MILLISECONDS = 500;

/** Ties the host page's address to the state: deep links, and the way back. */
function keepAddress(app: AppState): void {
  let written: Selection | null = null;
  let waiting: number | null = null;
  const write = () => {
    if (waiting !== null) window.clearTimeout(waiting);
    waiting = null;
    const { listing } = app;
    const selection = app.selection.value;
    if (!listing || selection.run === null) return;
    const moved = written !== null && isElsewhere(written, selection);
    written = selection;
    writeHostAddress(window, addressOf(app), moved);
  };
  app.subscribe(() => {
    // A place that "back" leads to is written before the next one can take its place.
    if (written === null || isElsewhere(written, app.selection.value)) write();
    else waiting ??= window.setTimeout(write, ADDRESS_MILLISECONDS);
  });
  onHostAddress(window, () => {
    const parameters = readHostAddress(window);
    if (!Object.keys(parameters).length) return; // TensorBoard's own address of the tab
    written = null; // what follows is where the user went, not a new place
    const { selection, look } = fromParameters(parameters);
    app.open(selection, look);
  });
}
