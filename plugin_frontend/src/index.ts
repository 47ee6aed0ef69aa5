import { start } from './app';
import { isReport, startReport } from './report';

/** Called by TensorBoard once the module has loaded in the plugin's frame. */
export function render(): void {
  start(document);
}

// Nobody calls anything in a report's page, which holds the module.
if (isReport(document)) startReport(document);
