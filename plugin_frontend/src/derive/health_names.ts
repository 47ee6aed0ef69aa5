import type { ChannelState, Ill } from './health';

/** What is said of a channel that is so. */
export const ILL_NAMES: Readonly<Record<Ill, { readonly name: string; readonly meaning: string }>> =
  {
    dead: { name: 'dead', meaning: 'zero for every probe and step since' },
    inactive: { name: 'inactive', meaning: 'zero for this probe at this step, not dead' },
    constant: { name: 'constant', meaning: 'one value all over for this probe' },
    notFinite: { name: 'not finite', meaning: 'holds NaN or Inf for this probe' },
  };

export function stateName(state: ChannelState): string {
  return state === 'active' ? 'active' : ILL_NAMES[state].name;
}
