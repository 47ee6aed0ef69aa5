import { leftOutOf, mapCaption, whyNotLeftOut } from '../derive/aggregates';
import { differenceName, differenceNotFinite, type Difference } from '../derive/difference';
import { formatStep, formatValue } from '../derive/format';
import type { Pane } from '../derive/panes';
import type { Stepped } from '../derive/steps';
import { isAggregate, type MapId } from '../model/aggregate';
import { valueOf } from '../model/loadable';
import type { Range } from '../model/picture';
import type { Look } from '../state/look';
import { probeText } from './names';

/** More of them are counted rather than named. */
const MOST_NAMED = 8;

/** Run, layer, what of it, step and probe as text. */
export function captionOf(pane: Pane, subject: string, step = pane.capture?.step): string {
  const { run, layer } = pane;
  return [run.name, layer.name, subject, stepText(step), probeText(pane)].join(' · ');
}

/** The first and the last of some steps as text. */
export function stepsText(items: readonly Stepped[]): string {
  const [first, last] = [items[0]?.step, items.at(-1)?.step];
  if (first === undefined || last === undefined) return 'no steps';
  return first === last ? stepText(first) : `steps ${formatStep(first)} – ${formatStep(last)}`;
}

export function stepText(step: number | undefined): string {
  return `step ${step === undefined ? '–' : formatStep(step)}`;
}

/** What is drawn of some panes: what is not the same in all is left to their titles. */
export function captionOfAll(panes: readonly Pane[], maps: MapId | readonly number[]): string {
  const of = (textOf: (pane: Pane) => string) => [...new Set(panes.map(textOf))];
  const shared = (textOf: (pane: Pane) => string) => {
    const texts = of(textOf);
    return texts.length === 1 ? texts : [];
  };
  return [
    ...shared(({ run }) => run.name),
    ...shared(({ layer }) => layer.name),
    of((pane) => subjectOf(pane, maps)).join(' and '),
    ...shared(({ capture }) => stepText(capture?.step)),
    ...shared(probeText),
  ].join(' · ');
}

/** Whose difference is drawn, and of what. */
export function captionOfDifference(
  difference: Difference,
  whole: readonly Pane[],
  maps: MapId | readonly number[],
): string {
  const { left, right } = difference;
  const [before, after] = [left, right].map(probeText) as [string, string];
  const isOther = right.otherProbe !== false || left.otherProbe !== false;
  const probe = before === after && !isOther ? [after] : [`${after} − ${before}`];
  const note = right.otherProbe || left.otherProbe ? ['of different images'] : [];
  const run = left.run === right.run ? [right.run.name] : [];
  const subject = [...new Set(whole.map((pane) => subjectOf(pane, maps)))].join(' and ');
  const of = [...run, right.layer.name, subject, ...probe, ...note];
  return [differenceName(difference), ...of].join(' · ');
}

function subjectOf(pane: Pane, maps: MapId | readonly number[]): string {
  if (typeof maps !== 'object') return mapCaption(pane, maps);
  const channels = valueOf(pane.picture)?.scale.channels ?? 0;
  const count = maps.filter((channel) => channel < channels).length;
  return count === 1 ? '1 channel' : `${count} channels`;
}

/** Which of the drawn channels have values that no colour shows; null if none. */
export function notFiniteText(
  of: { readonly difference: Difference | null; readonly panes: readonly Pane[] },
  maps: MapId | readonly number[],
): string | null {
  if (isAggregate(typeof maps === 'object' ? null : maps)) {
    const unknown = of.panes.map(whyNotLeftOut).find((why) => why !== null);
    return unknown ? `⚠ ${unknown}` : null;
  }
  const drawn = typeof maps === 'object' ? maps : [maps as number];
  const broken = of.difference ? differenceNotFinite(of.difference) : of.panes.flatMap(leftOutOf);
  const found = [...new Set(broken)].filter((channel) => drawn.includes(channel));
  if (!found.length) return null;
  if (found.length === 1) return `⚠ Channel ${found[0]!} has values that are not finite`;
  const many = found.length > MOST_NAMED;
  const which = many ? `${found.length} channels` : `Channels ${found.sort(byNumber).join(', ')}`;
  return `⚠ ${which} have values that are not finite`;
}

const byNumber = (a: number, b: number) => a - b;

/** What is drawn and how its colours are found. */
export interface Scaled {
  readonly look: Look;
  /** The range of all that is drawn, where it is the same. */
  readonly known: Range | null;
  readonly isDifference: boolean;
  readonly isSymmetric: boolean;
  /** Whether the values at all steps are known. */
  readonly knowsSteps: boolean;
  /** Whether a value of it is finite. */
  readonly hasValues: boolean;
}

export function nameOf(isDifference: boolean): string {
  return isDifference ? 'Differences of activations' : 'Activations';
}

export function scalingOf({
  look,
  known,
  isDifference,
  isSymmetric,
  knowsSteps,
  hasValues,
}: Scaled): string {
  const subject = nameOf(isDifference);
  const { clip: share, scaling, rangeLow, rangeHigh } = look;
  const ends = isDifference ? [] : [rangeLow, rangeHigh].filter((end) => end !== null);
  const overSteps = scaling === 'steps' && knowsSteps;
  const isClipped = share > 0 && scaling !== 'steps' && ends.length < 2;
  const clip = isClipped ? `, up to ${100 * share} % left out at either end` : '';
  if (!hasValues) return `${subject}; none of the values is finite`;
  if (known)
    return `${subject}; the colours span ${formatValue(known.low)} to ${formatValue(known.high)}${clip}`;
  const around = isSymmetric ? ', widened to be symmetric about 0' : '';
  const byHand = ends.map((end) => `, an end set to ${formatValue(end)} where that leaves a range`);
  const span = scaling === 'layer' ? 'the layer’s range' : 'its own range';
  const wanted = scaling === 'steps' && !overSteps ? ' at this step: others are not known' : '';
  const range = overSteps ? 'its range over all steps' : span + wanted;
  return `${subject}; each channel in colours that span ${range}${around}${byHand.join('')}${clip}`;
}
