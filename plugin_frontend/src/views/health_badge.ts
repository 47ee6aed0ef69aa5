import { html } from 'lit';
import type { Health } from '../derive/health';

const STATES = [
  ['notFinite', 'not finite', 'Channels with NaN or Inf for this probe'],
  ['dead', 'dead', 'Channels that are zero for every probe and step since'],
  ['inactive', 'inactive', 'Channels that are zero for this probe now'],
  ['constant', 'constant', 'Channels that have one value all over for this probe'],
] as const;

/** The worst that can be said of a layer's channels, and of how many; null if nothing is wrong. */
export function healthBadge(health: Health) {
  const worst = STATES.find(([state]) => health[state]);
  if (!worst) return null;
  const [state, word, tip] = worst;
  const bad = state === 'notFinite';
  return html`<span class=${bad ? 'bad' : ''} title="${tip}: ${health[state]} of ${health.channels}"
    >${bad ? '⚠ ' : ''}${health[state]} ${word}</span
  >`;
}
