import { ContextConsumer } from '@lit/context';
import { LitElement, nothing } from 'lit';
import { sameAll } from '../derive/memo';
import type { AppState } from '../app_state';
import type { Host } from '../host/host';
import type { Actions } from '../state/actions';
import { tabContext } from './context';

/**
 * A view of a few values of the tab's state: it renders again when one of them is another, and
 * holds no data of its own.
 */
export abstract class Connected<Selected extends readonly unknown[]> extends LitElement {
  private readonly tab = new ContextConsumer(this, { context: tabContext });
  private unsubscribe: (() => void) | undefined;
  private current: Selected | null = null;

  /** The values that the view is of, compared by identity. */
  protected abstract select(app: AppState): Selected;
  protected abstract view(...selected: Selected): unknown;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unsubscribe = this.listen(this.app);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unsubscribe?.();
  }

  protected get app(): AppState {
    return this.tab.value!.app;
  }

  protected get actions(): Actions {
    return this.tab.value!.actions;
  }

  protected get host(): Host {
    return this.tab.value!.host;
  }

  protected get selected(): Selected {
    return (this.current ??= this.select(this.app));
  }

  /** Subscribes to what the view is of; returns what ends that. */
  protected listen(app: AppState): () => void {
    return app.subscribe(() => this.check());
  }

  /** Renders again if what is selected has changed. */
  protected check(): void {
    if (!this.current || !sameAll(this.select(this.app), this.current)) this.requestUpdate();
  }

  protected override willUpdate(): void {
    this.current = this.select(this.app);
  }

  override render(): unknown {
    return this.isConnected ? this.view(...this.selected) : nothing;
  }
}
