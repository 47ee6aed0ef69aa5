import { Client } from './api/client';
import { HostChannel, readHostAddress, watchDarkMode, writeHostAddress } from './api/host';
import { Controller } from './store/controller';
import { handleKey } from './store/keyboard';
import { initialState } from './store/state';
import { Store } from './store/store';
import { fromParameters, toParameters } from './store/url';
import './views/app_view';
import type { AppView } from './views/app_view';
import { pageStyle } from './views/theme';

/** Builds the one client, store and view, and wires them to TensorBoard. */
export async function start(page: Document): Promise<void> {
  const style = page.createElement('style');
  style.textContent = pageStyle;
  page.head.append(style);
  page.documentElement.lang = 'en';

  const store = new Store(initialState());
  const controller = new Controller(new Client(), store);
  const host = new HostChannel(window);
  store.patch(fromParameters(readHostAddress(window)));
  watchDarkMode(window, (dark) => page.documentElement.classList.toggle('dark', dark));
  store.subscribe((state) => writeHostAddress(window, toParameters(state)));
  page.addEventListener('keydown', (event) => handleKey(event, controller));

  const view = page.createElement('fm-app') as AppView;
  view.store = store;
  view.controller = controller;
  page.body.append(view);
  host.onReload(() => void controller.reload());
  await controller.reload();
}
