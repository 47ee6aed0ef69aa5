import { Client } from './api/client';
import {
  HostChannel,
  onHostAddress,
  readHostAddress,
  watchDarkMode,
  writeHostAddress,
} from './api/host';
import { ComparisonFollower } from './store/comparison';
import { Controller } from './store/controller';
import { followFilm } from './store/film_loader';
import { handleKey } from './store/keyboard';
import { PictureSource } from './store/picture_source';
import { initialState, type State } from './store/state';
import { Store } from './store/store';
import { fromParameters, isElsewhere, toParameters } from './store/url';
import { AppView } from './views/app_view';
import { pageStyle } from './views/theme';

/** Builds the one client, store and view, and wires them to TensorBoard. */
export async function start(page: Document): Promise<void> {
  const style = page.createElement('style');
  style.textContent = pageStyle;
  page.head.append(style);
  page.documentElement.lang = 'en';
  page.title = 'Feature Maps';

  const store = new Store(initialState());
  const client = new Client();
  const pictures = new PictureSource(client);
  const controller = new Controller(client, store, pictures);
  new ComparisonFollower(store, client, pictures);
  followFilm(store, pictures);
  const host = new HostChannel(window);
  store.patch(fromParameters(readHostAddress(window)));
  watchDarkMode(window, (dark) => page.documentElement.classList.toggle('dark', dark));
  keepAddress(store, controller);
  page.addEventListener('keydown', (event) => handleKey(event, controller));

  const view = new AppView();
  view.store = store;
  view.controller = controller;
  page.body.append(view);
  host.onReload(() => void controller.reload());
  await controller.reload();
}

/** Ties the host page's address to the state: deep links, and the way back. */
function keepAddress(store: Store<State>, controller: Controller): void {
  let written: State | null = null;
  store.subscribe((state) => {
    if (!state.loaded || state.run === null) return;
    const moved = written !== null && isElsewhere(written, state);
    written = state;
    writeHostAddress(window, toParameters(state), moved);
  });
  onHostAddress(window, () => {
    const parameters = readHostAddress(window);
    if (!Object.keys(parameters).length) return; // TensorBoard's own address of the tab
    written = null; // what follows is where the user went, not a new place
    void controller.go(fromParameters(parameters));
  });
}
