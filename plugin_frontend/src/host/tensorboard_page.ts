import type { Host } from './host';
import { watchSystemTheme } from './system_theme';

/** A message of TensorBoard's plugin library. */
interface Message {
  type: string;
  id: number;
  payload: unknown;
  error: string | null;
  isReply: boolean;
}

const VISIBILITY_MILLISECONDS = 1000;
const PREFIX = 'p.featuremaps.';

/**
 * TensorBoard's own page around the plugin's frame. Where it is of another origin, as in some
 * notebooks, what it holds can't be known.
 */
export class TensorBoardPage implements Host {
  readonly switchTheme = null;

  constructor(private readonly frame: Window) {}

  /** The rules by which TensorBoard's page loads its typeface, for the frame's own page. */
  fonts(): string {
    try {
      const { styleSheets, baseURI } = this.frame.parent.document;
      return [...styleSheets].flatMap((sheet) => fontsOf(sheet, sheet.href ?? baseURI)).join('\n');
    } catch {
      return ''; // The host page is of another origin: the system's typeface has to do.
    }
  }

  /** TensorBoard has a message for it, but answers from an address that it has already emptied. */
  readAddress(): Record<string, string> {
    try {
      return parseAddress(this.frame.parent.location.hash);
    } catch {
      return {}; // The host page is of another origin.
    }
  }

  /** The filter that TensorBoard's time series keep in the address. */
  readRunFilter(): string {
    try {
      return new URLSearchParams(this.frame.parent.location.search).get('runFilter') ?? '';
    } catch {
      return ''; // The host page is of another origin.
    }
  }

  writeAddress(parameters: Record<string, string>, leave: boolean): void {
    try {
      const { hash } = this.frame.parent.location;
      if (!hash.startsWith('#featuremaps')) return;
      const address = hashWith(hash, parameters);
      const { history } = this.frame.parent;
      if (address === hash) return;
      if (leave) history.pushState(history.state, '', address);
      else history.replaceState(history.state, '', address);
    } catch {
      // The host page is of another origin: no deep links there.
    }
  }

  onAddress(callback: () => void): void {
    const { parent } = this.frame;
    try {
      parent.addEventListener('popstate', () => {
        if (parent.location.hash.startsWith('#featuremaps')) callback();
      });
    } catch {
      // The host page is of another origin.
    }
  }

  /** The frame's own address where the host page is of another origin. */
  linkTo(parameters: Record<string, string>): string {
    try {
      const { href, hash } = this.frame.parent.location;
      return href.split('#')[0]! + hashWith(hash, parameters);
    } catch {
      return this.frame.location.href;
    }
  }

  /** Follows TensorBoard's dark mode; outside of TensorBoard, the system's. */
  watchDarkMode(apply: (dark: boolean) => void): void {
    const { frame } = this;
    try {
      if (frame.parent !== frame) {
        const body = frame.parent.document.body;
        const update = () => apply(body.classList.contains('dark-mode'));
        new MutationObserver(update).observe(body, { attributeFilter: ['class'] });
        update();
        return;
      }
    } catch {
      // The host page is of another origin.
    }
    watchSystemTheme(frame, apply);
  }

  /** Another tab of either kind hides it: of the browser, or of TensorBoard. */
  watchVisibility(apply: (visible: boolean) => void): void {
    const { frame } = this;
    const page = frame.document;
    const update = () => apply(page.visibilityState === 'visible' && isFrameSeen(frame));
    page.addEventListener('visibilitychange', update);
    // TensorBoard hides the frames of its other tabs, in which no observer is told of that.
    frame.setInterval(update, VISIBILITY_MILLISECONDS);
    update();
  }

  focus(): void {
    this.frame.focus();
  }

  /** TensorBoard reloads its data by the button or by itself, and says so to its plugins. */
  onReload(callback: () => void): void {
    const channel = new MessageChannel();
    const port = channel.port1;
    port.addEventListener('message', (event) => {
      const message = JSON.parse(event.data as string) as Message;
      if (message.isReply) return;
      if (message.type === 'experimental.DataReloaded') callback();
      const reply: Message = { ...message, payload: null, error: null, isReply: true };
      port.postMessage(JSON.stringify(reply));
    });
    port.start();
    this.frame.parent.postMessage('experimental.bootstrap', '*', [channel.port2]);
  }
}

function fontsOf(sheet: CSSStyleSheet, base: string): string[] {
  // Rules of another window are of its own classes.
  const fonts = [...sheet.cssRules].filter((rule) => rule.cssText.startsWith('@font-face'));
  return fonts.map((rule) =>
    rule.cssText.replace(
      /url\(["']?([^"')]+)["']?\)/g,
      (_, address: string) => `url("${new URL(address, base).href}")`,
    ),
  );
}

/** The plugin's parameters in the hash of an address. */
export function parseAddress(hash: string): Record<string, string> {
  const parts = hash.slice(1).split('&');
  const own = parts.filter((part) => part.startsWith(PREFIX) && part.includes('='));
  return Object.fromEntries(
    own.map((part) => {
      const equals = part.indexOf('=');
      return [part.slice(PREFIX.length, equals), decode(part.slice(equals + 1))];
    }),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hashWith(hash: string, parameters: Record<string, string>): string {
  const others = hash
    .slice(1)
    .split('&')
    .filter((part) => !part.startsWith(PREFIX));
  const own = Object.entries(parameters).map(
    ([name, value]) => `${PREFIX}${name}=${encodeURIComponent(value)}`,
  );
  return `#${[...others, ...own].join('&')}`;
}

function isFrameSeen(frame: Window): boolean {
  try {
    return frame.frameElement?.checkVisibility({ visibilityProperty: true }) ?? true;
  } catch {
    return true; // The host page is of another origin.
  }
}
