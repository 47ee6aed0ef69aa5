import type { Actions } from '../state/actions';

interface Key {
  /** What the browser calls the keys, and the page. */
  readonly keys: Readonly<Record<string, (actions: Actions) => void>>;
  readonly names: readonly string[];
  readonly does: string;
}

/** The keys of the whole tab. */
export const KEYS: readonly Key[] = [
  {
    keys: { ArrowLeft: (to) => to.moveStep(-1), ArrowRight: (to) => to.moveStep(1) },
    names: ['←', '→'],
    does: 'The capture before, after',
  },
  {
    keys: { Home: (to) => to.chooseStop(0), End: (to) => to.follow() },
    names: ['Home', 'End'],
    does: 'The first capture; the newest, and stay there',
  },
  { keys: { ' ': (to) => to.togglePlay() }, names: ['Space'], does: 'Play, pause' },
  {
    keys: { ArrowUp: (to) => to.moveLayer(-1), ArrowDown: (to) => to.moveLayer(1) },
    names: ['↑', '↓'],
    does: 'The layer before, after',
  },
  { keys: { '/': () => ask('find-layer') }, names: ['/'], does: 'Find a layer' },
  {
    keys: { '[': (to) => to.moveChannel(-1), ']': (to) => to.moveChannel(1) },
    names: ['[', ']'],
    does: 'The channel before, after',
  },
  { keys: { Enter: (to) => to.moveChannel(0) }, names: ['Enter'], does: 'Open a channel' },
  { keys: { Escape: (to) => to.leave() }, names: ['Esc'], does: 'Close the channel or the panel' },
  { keys: { '?': () => ask('show-keys') }, names: ['?'], does: 'These keys' },
];

/** Keys that a control understands itself, and those of a menu or dialog, are left to them. */
export function handleKey(event: KeyboardEvent, actions: Actions): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTaken(event.composedPath(), event.key)) return;
  const act = KEYS.find(({ keys }) => Object.hasOwn(keys, event.key))?.keys[event.key];
  if (!act) return;
  // Escape is the browser's too, which closes an open menu with it.
  if (event.key !== 'Escape') event.preventDefault();
  act(actions);
}

/** A button knows two keys, and what switches one; what is typed or chosen in knows more. */
function isTaken(path: readonly EventTarget[], key: string): boolean {
  const [target] = path;
  if (!(target instanceof Element)) return false;
  const isOver = (element: EventTarget) =>
    element instanceof Element && element.matches('dialog, [popover]:popover-open');
  if (path.some(isOver)) return true;
  if (target.matches('button, a, summary')) return key === ' ' || key === 'Enter';
  if (target.matches('input[type="checkbox"]')) return key === ' ';
  if (target.matches('input[type="range"]')) return RANGE_KEYS.has(key);
  return target.matches('input, select, textarea');
}

const RANGE_KEYS = new Set(['ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown']);

/** Asks the view that listens for it; views know no keys. */
function ask(name: string): void {
  document.dispatchEvent(new Event(name));
}
