import { sameAll } from '../derive/memo';
import { Connected } from './connected';

/** A view with a canvas, which is painted anew when what it shows is another. */
export abstract class Painted<Selected extends readonly unknown[]> extends Connected<Selected> {
  private painted: readonly unknown[] = [];
  private inner: { readonly width: number; readonly height: number } | null = null;
  private readonly resized = new ResizeObserver(([entry]) => {
    const { width, height } = entry!.contentRect;
    this.inner = { width, height };
    this.requestUpdate();
  });
  private readonly theme = new MutationObserver(() => {
    this.painted = [];
    this.requestUpdate();
  });

  /** All that the pixels depend on, compared by identity; null where there is nothing to paint. */
  protected abstract paintKey(): readonly unknown[] | null;
  protected abstract paint(canvas: HTMLCanvasElement): void;

  /**
   * The element's inner size in pixels, null before it is known. To ask the element itself would
   * have the whole page laid out each time.
   */
  protected get size(): { readonly width: number; readonly height: number } | null {
    return this.inner;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
    this.theme.observe(document.documentElement, { attributeFilter: ['class'] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    this.theme.disconnect();
  }

  protected override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const key = canvas && this.paintKey();
    if (!key || sameAll([canvas, ...key], this.painted)) return;
    this.painted = [canvas, ...key];
    this.paint(canvas);
  }
}
