import type { Controller } from './controller';

/** Keys of the whole tab; keys that a control understands itself are left to it. */
export function handleKey(event: KeyboardEvent, controller: Controller): void {
  const target = event.composedPath()[0];
  if (event.ctrlKey || event.metaKey || event.altKey || isControl(target)) return;
  const action = actionOf(event.key, controller);
  if (!action) return;
  event.preventDefault();
  action();
}

function actionOf(key: string, controller: Controller): (() => void) | undefined {
  return new Map<string, () => void>([
    ['ArrowLeft', () => controller.moveStep(-1)],
    ['ArrowRight', () => controller.moveStep(1)],
    ['ArrowUp', () => controller.moveLayer(-1)],
    ['ArrowDown', () => controller.moveLayer(1)],
    ['Home', () => controller.chooseIndex(0)],
    ['End', () => controller.follow()],
    [' ', () => controller.togglePlay()],
    ['Enter', () => controller.moveChannel(0)],
    [']', () => controller.moveChannel(1)],
    ['[', () => controller.moveChannel(-1)],
    ['Escape', () => controller.chooseChannel(null)],
  ]).get(key);
}

function isControl(target: EventTarget | undefined): boolean {
  return target instanceof Element && target.matches('input, select, textarea, button, a');
}
