import type { Actions } from '../state/actions';

/** Keys of the whole tab; keys that a control understands itself are left to it. */
export function handleKey(event: KeyboardEvent, actions: Actions): void {
  const target = event.composedPath()[0];
  if (event.ctrlKey || event.metaKey || event.altKey || belongsTo(target, event.key)) return;
  const action = actionOf(event.key, actions);
  if (!action) return;
  event.preventDefault();
  action();
}

function actionOf(key: string, actions: Actions): (() => void) | undefined {
  return new Map<string, () => void>([
    ['ArrowLeft', () => actions.moveStep(-1)],
    ['ArrowRight', () => actions.moveStep(1)],
    ['ArrowUp', () => actions.moveLayer(-1)],
    ['ArrowDown', () => actions.moveLayer(1)],
    ['Home', () => actions.chooseStop(0)],
    ['End', () => actions.follow()],
    [' ', () => actions.togglePlay()],
    ['Enter', () => actions.moveChannel(0)],
    [']', () => actions.moveChannel(1)],
    ['[', () => actions.moveChannel(-1)],
    ['Escape', () => actions.chooseChannel(null)],
  ]).get(key);
}

/** A button knows two keys; what is typed or chosen in knows more. */
function belongsTo(target: EventTarget | undefined, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.matches('button, a')) return key === ' ' || key === 'Enter';
  return target.matches('input, select, textarea');
}
