/** TensorBoard's own page around the plugin's frame. */

interface Message {
  type: string;
  id: number;
  payload: unknown;
  error: string | null;
  isReply: boolean;
}

const PREFIX = 'p.featuremaps.';
const ANSWER_MILLISECONDS = 2000;

/** Messages to and from the host page, as TensorBoard's plugin library speaks them. */
export class HostChannel {
  private readonly port: MessagePort;
  private readonly waiting = new Map<number, (payload: unknown) => void>();
  private reload: (() => void) | null = null;
  private nextId = 0;

  constructor(frame: Window) {
    const channel = new MessageChannel();
    this.port = channel.port1;
    this.port.addEventListener('message', (event) => this.receive(event.data as string));
    this.port.start();
    frame.parent.postMessage('experimental.bootstrap', '*', [channel.port2]);
  }

  /** The deep link's parameters; none where the host does not answer. */
  async parameters(): Promise<Record<string, string>> {
    const silence = new Promise<null>((resolve) =>
      setTimeout(() => resolve(null), ANSWER_MILLISECONDS),
    );
    const answer = await Promise.race([this.ask('experimental.GetURLPluginData'), silence]);
    return (answer as Record<string, string> | null) ?? {};
  }

  /** Calls back when TensorBoard reloads its data, by the button or by itself. */
  onReload(callback: () => void): void {
    this.reload = callback;
  }

  private ask(type: string): Promise<unknown> {
    const id = this.nextId++;
    this.send({ type, id, payload: null, error: null, isReply: false });
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  private receive(text: string): void {
    const message = JSON.parse(text) as Message;
    if (message.isReply) {
      this.waiting.get(message.id)?.(message.payload);
      this.waiting.delete(message.id);
      return;
    }
    if (message.type === 'experimental.DataReloaded') this.reload?.();
    this.send({ ...message, payload: null, error: null, isReply: true });
  }

  private send(message: Message): void {
    this.port.postMessage(JSON.stringify(message));
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

/** Writes the parameters into the host page's address, so that it can be shared and reloaded. */
export function writeHostAddress(frame: Window, parameters: Record<string, string>): void {
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
    if (address !== hash)
      frame.parent.history.replaceState(frame.parent.history.state, '', address);
  } catch {
    // The host page is of another origin: no deep links there.
  }
}
