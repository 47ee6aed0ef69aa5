/** TensorBoard's own page around the plugin's frame. */
interface Message {
  type: string;
  id: number;
  payload: unknown;
  error: string | null;
  isReply: boolean;
}

const VISIBILITY_MILLISECONDS = 1000;
const PREFIX = 'p.featuremaps.';

/** Messages from the host page, as TensorBoard's plugin library speaks them. */
export class HostChannel {
  private readonly port: MessagePort;
  private reload: (() => void) | null = null;

  constructor(frame: Window) {
    const channel = new MessageChannel();
    this.port = channel.port1;
    this.port.addEventListener('message', (event) => this.receive(event.data as string));
    this.port.start();
    frame.parent.postMessage('experimental.bootstrap', '*', [channel.port2]);
  }

  /** Calls back when TensorBoard reloads its data, by the button or by itself. */
  onReload(callback: () => void): void {
    this.reload = callback;
  }

  private receive(text: string): void {
    const message = JSON.parse(text) as Message;
    if (message.isReply) return;
    if (message.type === 'experimental.DataReloaded') this.reload?.();
    const reply: Message = { ...message, payload: null, error: null, isReply: true };
    this.port.postMessage(JSON.stringify(reply));
  }
}

/** Follows TensorBoard's dark mode; outside of TensorBoard, the system's. */
export function watchDarkMode(frame: Window, apply: (dark: boolean) => void): void {
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
  const query = frame.matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', () => apply(query.matches));
  apply(query.matches);
}

/**
 * The deep link's parameters from the host page's address. TensorBoard also has a message for them,
 * but answers it from an address that it has already emptied.
 */
export function readHostAddress(frame: Window): Record<string, string> {
  try {
    return parseAddress(frame.parent.location.hash);
  } catch {
    return {}; // The host page is of another origin.
  }
}

/** The filter of runs that TensorBoard's time series keep in the host page's address. */
export function readHostRunFilter(frame: Window): string {
  try {
    return new URLSearchParams(frame.parent.location.search).get('runFilter') ?? '';
  } catch {
    return ''; // The host page is of another origin.
  }
}

/** The host page's address with these parameters; the frame's own where it is of another origin. */
export function linkTo(frame: Window, parameters: Record<string, string>): string {
  try {
    const { href } = frame.parent.location;
    return href.split('#')[0]! + hashWith(frame.parent.location.hash, parameters);
  } catch {
    return frame.location.href;
  }
}

/** The rules by which TensorBoard's page loads its typeface, for the frame's own page. */
export function readHostFonts(frame: Window): string {
  try {
    const { styleSheets, baseURI } = frame.parent.document;
    return [...styleSheets].flatMap((sheet) => fontsOf(sheet, sheet.href ?? baseURI)).join('\n');
  } catch {
    return ''; // The host page is of another origin: the system's typeface has to do.
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

/** Calls back when the user goes back or forward in the host page. */
export function onHostAddress(frame: Window, callback: () => void): void {
  try {
    frame.parent.addEventListener('popstate', () => {
      if (frame.parent.location.hash.startsWith('#featuremaps')) callback();
    });
  } catch {
    // The host page is of another origin.
  }
}

/**
 * Writes the parameters into the host page's address, so that it can be shared and reloaded.
 *
 * @param leave whether "back" is to lead to the address before.
 */
export function writeHostAddress(
  frame: Window,
  parameters: Record<string, string>,
  leave: boolean,
): void {
  try {
    const { hash } = frame.parent.location;
    if (!hash.startsWith('#featuremaps')) return;
    const address = hashWith(hash, parameters);
    const { history } = frame.parent;
    if (address === hash) return;
    if (leave) history.pushState(history.state, '', address);
    else history.replaceState(history.state, '', address);
  } catch {
    // The host page is of another origin: no deep links there.
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

/** Calls back when the tab comes to be seen or is no longer: another tab of either kind hides it. */
export function watchVisibility(frame: Window, apply: (visible: boolean) => void): void {
  const page = frame.document;
  const update = () => apply(page.visibilityState === 'visible' && isFrameSeen(frame));
  page.addEventListener('visibilitychange', update);
  // TensorBoard hides the frames of its other tabs, in which no observer is told of that.
  frame.setInterval(update, VISIBILITY_MILLISECONDS);
  update();
}

function isFrameSeen(frame: Window): boolean {
  try {
    return frame.frameElement?.checkVisibility({ visibilityProperty: true }) ?? true;
  } catch {
    return true; // The host page is of another origin.
  }
}
