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
    const others = hash
      .slice(1)
      .split('&')
      .filter((part) => !part.startsWith(PREFIX));
    const own = Object.entries(parameters).map(
      ([name, value]) => `${PREFIX}${name}=${encodeURIComponent(value)}`,
    );
    const address = `#${[...others, ...own].join('&')}`;
    const { history } = frame.parent;
    if (address === hash) return;
    if (leave) history.pushState(history.state, '', address);
    else history.replaceState(history.state, '', address);
  } catch {
    // The host page is of another origin: no deep links there.
  }
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
