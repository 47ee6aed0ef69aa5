import { AppState } from '../app_state';
import { paneOf, panesOf, type Pane, type Panes } from '../derive/panes';
import type { Listing } from '../model/run';
import { Actions } from '../state/actions';
import { PLAIN, type Look } from '../state/look';
import { START, type Selection } from '../state/selection';
import { settle } from './deferred';
import type { MemorySource } from './memory_source';

/** The whole tab but its views, over data that a test holds in its hands. */
export class TabBench {
  private started: { readonly app: AppState; readonly actions: Actions } | null = null;

  /** It asks for nothing before it is first looked at. */
  constructor(readonly source: MemorySource) {}

  get app(): AppState {
    return this.tab.app;
  }

  get actions(): Actions {
    return this.tab.actions;
  }

  private get tab() {
    if (!this.started) {
      const app = new AppState(this.source);
      this.started = { app, actions: new Actions(app) };
    }
    return this.started;
  }

  /** Goes somewhere as a link does, and waits for all that can come. */
  async open(selection: Partial<Selection> = {}, look: Partial<Look> = {}): Promise<void> {
    this.app.open({ ...START, ...selection }, { ...PLAIN, ...look });
    await this.rest();
  }

  /** Looks for what is new, and waits for it. */
  async reload(): Promise<void> {
    this.app.live.ask();
    await this.rest();
  }

  async rest(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await settle();
  }

  get selection(): Selection {
    return this.app.selection.value;
  }

  get listing(): Listing {
    return this.app.listing!;
  }

  get panes(): Panes {
    return panesOf(this.listing, this.selection, this.app.library);
  }

  get first(): Pane {
    return paneOf(this.panes.first)!;
  }

  get second(): Pane {
    return paneOf(this.panes.second)!;
  }
}
