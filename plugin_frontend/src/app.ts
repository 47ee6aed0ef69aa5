import { ContextProvider } from '@lit/context';
import { HttpSource } from './api/http_source';
import type { Source } from './api/source';
import { AppState } from './app_state';
import type { Host } from './host/host';
import { handleKey } from './host/keyboard';
import { TensorBoardPage } from './host/tensorboard_page';
import { Actions } from './state/actions';
import { addressOf } from './state/link';
import type { Selection } from './state/selection';
import { fromParameters, isElsewhere } from './state/url';
import { AppView } from './views/app_view';
import { tabContext } from './views/context';
import { pageStyle } from './views/theme';

/** Builds the one state and view of the tab, and wires them to the page around it. */
export function start(
  page: Document,
  source: Source = new HttpSource(),
  host: Host = new TensorBoardPage(window),
): void {
  const style = page.createElement('style');
  style.textContent = host.fonts() + pageStyle;
  page.head.append(style);
  page.documentElement.lang = 'en';
  page.title ||= 'Feature Maps';

  const app = new AppState(source);
  const actions = new Actions(app);
  const linked = fromParameters(host.readAddress());
  const runFilter = linked.selection.runFilter || host.readRunFilter();
  app.open({ ...linked.selection, runFilter }, linked.look);
  keepAddress(app, host);
  host.watchDarkMode((dark) => page.documentElement.classList.toggle('dark', dark));
  page.addEventListener('keydown', (event) => handleKey(event, actions));
  new ContextProvider(page.body, { context: tabContext, initialValue: { app, actions, host } });
  page.body.append(new AppView());
  host.onReload(() => app.live.ask());
  host.focus();
  host.watchVisibility((visible) => app.live.show(visible));
}

/** Browsers slow a page down that writes its address at each step of a film. */
const ADDRESS_MILLISECONDS = 500;

/** Ties the host page's address to the state: deep links, and the way back. */
function keepAddress(app: AppState, host: Host): void {
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
    host.writeAddress(addressOf(app), moved);
  };
  app.subscribe(() => {
    // A place that "back" leads to is written before the next one can take its place.
    if (written === null || isElsewhere(written, app.selection.value)) write();
    else waiting ??= window.setTimeout(write, ADDRESS_MILLISECONDS);
  });
  host.onAddress(() => {
    const parameters = host.readAddress();
    if (!Object.keys(parameters).length) return; // TensorBoard's own address of the tab
    written = null; // what follows is where the user went, not a new place
    const { selection, look } = fromParameters(parameters);
    app.open(selection, look);
  });
}
