import type { Growth, ItemKey } from '../api/source';
import type { Item } from '../model/series';

/**
 * Brings a series up to date, as docs/routes.md describes it. Where nothing has changed, the very
 * same list comes back.
 *
 * @returns null where the server speaks of items that are not known here: all are to be asked for.
 */
export function grown<Entry extends Item>(
  known: readonly Entry[],
  growth: Growth<Entry>,
): readonly Entry[] | null {
  if (growth.reset) return sorted(growth.items);
  const standing = growth.kept ? stillStanding(known, growth.kept) : known;
  if (!standing || !growth.items.length) return standing;
  const replaced = new Set(growth.items.map(({ step }) => step));
  return sorted([...standing.filter(({ step }) => !replaced.has(step)), ...growth.items]);
}

function stillStanding<Entry extends Item>(
  known: readonly Entry[],
  kept: readonly ItemKey[],
): readonly Entry[] | null {
  const names = new Set(kept.map(([step, wallTime]) => `${step}/${wallTime}`));
  const standing = known.filter(({ step, wallTime }) => names.has(`${step}/${wallTime}`));
  if (standing.length < names.size) return null;
  return standing.length === known.length ? known : standing;
}

function sorted<Entry extends Item>(items: readonly Entry[]): readonly Entry[] {
  return [...items].sort((a, b) => a.step - b.step);
}
