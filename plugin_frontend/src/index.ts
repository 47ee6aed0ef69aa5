import { start } from './app';

/** Called by TensorBoard once the module has loaded in the plugin's frame. */
export function render(): void {
  start(document);
}
