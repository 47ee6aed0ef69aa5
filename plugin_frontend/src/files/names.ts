import type { Pane } from '../derive/panes';

/** A probe by its number, counted from 1, and its label. */
export function probeText({ run, probe }: Pane): string {
  const label = run.probes?.labels[probe];
  return label ? `probe ${probe + 1} (${label})` : `probe ${probe + 1}`;
}

/** What tells one file from another: run, layer, probe, step and kind. */
export function paneFileName(pane: Pane, kind: string, extension: string): string {
  const { run, layer, probe, capture } = pane;
  const parts = [run.name, layer.name, `probe${probe + 1}`, `step${capture?.step ?? ''}`, kind];
  return `${parts.join('_')}.${extension}`;
}
