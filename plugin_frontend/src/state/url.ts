import { ILLS } from '../derive/health';
import { aggregateNamed } from '../model/aggregate';
import { GRADIENT_PLACES } from '../model/gradient';
import { COLORMAPS } from '../render/colormap';
import {
  CLIPS,
  COMPARINGS,
  LOSS_AXES,
  LOSS_VIEWS,
  PLAIN,
  SCALINGS,
  SORT_ORDERS,
  type Look,
} from './look';
import {
  SHEETS,
  START,
  VIEWS,
  type Comparison,
  type ProbePoint,
  type Selection,
} from './selection';

const CHOICES = {
  colormap: COLORMAPS,
  scaling: SCALINGS,
  sort: SORT_ORDERS,
  lossView: LOSS_VIEWS,
  lossAxis: LOSS_AXES,
  comparing: COMPARINGS,
  ill: ILLS,
  gradientPlace: GRADIENT_PLACES,
} as const;
const SWITCHES = ['hideInactive', 'overlay', 'logScale'] as const;
/** Slower curves than this can't be asked for. */
export const MOST_SMOOTHING = 0.99;

export type Parameters = Record<string, string>;

/** What a deep link holds: where the user is, and how it is shown. */
export interface Linked {
  readonly selection: Selection;
  readonly look: Look;
}

/** @param selection with the run, layer and step as they are shown, also where none was chosen. */
export function toParameters({ selection, look }: Linked): Parameters {
  const parameters: Parameters = {};
  const put = (name: string, value: string | number | null) => {
    if (value !== null) parameters[name] = String(value);
  };
  put('run', selection.run);
  put('layer', selection.layer);
  put('runFilter', selection.runFilter || null);
  put('probe', selection.probe || null);
  put('channel', selection.channel);
  put('point', selection.point && `${selection.point.x},${selection.point.y}`);
  put('step', selection.step);
  put('latest', selection.following && selection.step !== null ? 1 : null);
  put('view', selection.view === START.view ? null : selection.view);
  put('compare', selection.comparison && textOf(selection.comparison));
  put('pane', selection.pane || null);
  put('sheet', selection.sheet);
  for (const choice of keysOf(CHOICES))
    put(choice, look[choice] === PLAIN[choice] ? null : look[choice]);
  for (const name of SWITCHES) put(name, look[name] ? 1 : null);
  put('smoothing', look.smoothing || null);
  put('sortTerm', look.sortTerm);
  put('top', look.top);
  put('class', look.classIndex);
  put('clip', look.clip || null);
  put('rangeLow', look.rangeLow);
  put('rangeHigh', look.rangeHigh);
  put('swipe', look.swipe === PLAIN.swipe ? null : look.swipe);
  put('lossTerm', look.lossTerm);
  put('hidden', look.hiddenCurves.length ? JSON.stringify(look.hiddenCurves) : null);
  return parameters;
}

/** What a deep link asks for, and the plain look and start for the rest; nonsense is left out. */
export function fromParameters(parameters: Parameters): Linked {
  const step = wholeNumber(parameters['step']);
  const view = VIEWS.find((known) => known === parameters['view']);
  const selection: Selection = {
    ...START,
    run: parameters['run'] ?? null,
    layer: parameters['layer'] || null, // no layer's tag is empty
    runFilter: parameters['runFilter'] ?? '',
    probe: wholeNumber(parameters['probe']) ?? 0,
    channel: aggregateNamed(parameters['channel'] ?? '') ?? wholeNumber(parameters['channel']),
    point: pointOf(parameters['point'] ?? ''),
    step,
    following: step === null || parameters['latest'] === '1',
    view: view ?? START.view,
    comparison: comparisonOf(parameters['compare'] ?? ''),
    pane: parameters['pane'] === '1' ? 1 : 0,
    sheet: SHEETS.find((known) => known === parameters['sheet']) ?? null,
  };
  return { selection, look: lookOf(parameters) };
}

function lookOf(parameters: Parameters): Look {
  const look: Look = {
    ...PLAIN,
    smoothing: Math.min(MOST_SMOOTHING, share(parameters['smoothing'])),
    sortTerm: parameters['sortTerm'] ?? null,
    top: wholeNumber(parameters['top']) || null,
    classIndex: wholeNumber(parameters['class']),
    lossTerm: parameters['lossTerm'] ?? null,
    clip: CLIPS.find((clip) => clip === Number(parameters['clip'])) ?? 0,
    rangeLow: anyNumber(parameters['rangeLow']),
    rangeHigh: anyNumber(parameters['rangeHigh']),
    swipe: swipeOf(parameters['swipe']),
    hiddenCurves: namesOf(parameters['hidden']),
  };
  const choices = keysOf(CHOICES).filter((choice) =>
    (CHOICES[choice] as readonly string[]).includes(parameters[choice] ?? ''),
  );
  const switches = SWITCHES.filter((name) => parameters[name] === '1');
  return {
    ...look,
    ...Object.fromEntries(choices.map((choice) => [choice, parameters[choice]])),
    ...Object.fromEntries(switches.map((name) => [name, true])),
  };
}

/** Whether two places are far enough apart that "back" should lead from one to the other. */
export function isElsewhere(before: Selection, after: Selection): boolean {
  return (
    before.run !== after.run ||
    before.layer !== after.layer ||
    before.channel !== after.channel ||
    before.view !== after.view ||
    before.comparison?.kind !== after.comparison?.kind
  );
}

function textOf(comparison: Comparison): string {
  return comparison.kind === 'step' ? `step:${comparison.step}` : `run:${comparison.run}`;
}

function comparisonOf(text: string): Comparison | null {
  if (text.startsWith('run:')) return { kind: 'run', run: text.slice(4) };
  const step = text.startsWith('step:') ? wholeNumber(text.slice(5)) : null;
  return step === null ? null : { kind: 'step', step };
}

function pointOf(text: string): ProbePoint | null {
  const [, x, y] = /^([01](?:\.\d{1,6})?),([01](?:\.\d{1,6})?)$/.exec(text) ?? [];
  return x === undefined || Number(x) > 1 || Number(y) > 1 ? null : { x: Number(x), y: Number(y) };
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** From 0 to below 1. */
function share(text: string | undefined): number {
  const number = anyNumber(text);
  return number !== null && number > 0 && number < 1 ? number : 0;
}

function anyNumber(text: string | undefined): number | null {
  const number = text?.trim() ? Number(text) : NaN;
  return Number.isFinite(number) ? number : null;
}

function swipeOf(text: string | undefined): number {
  const swipe = anyNumber(text);
  return swipe !== null && swipe >= 0 && swipe <= 1 ? swipe : PLAIN.swipe;
}

/** Names written as JSON. */
function namesOf(text: string | undefined): readonly string[] {
  if (text === undefined) return PLAIN.hiddenCurves;
  try {
    const names: unknown = JSON.parse(text);
    const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
    return isList ? names : PLAIN.hiddenCurves;
  } catch {
    return PLAIN.hiddenCurves; // a link can hold anything
  }
}

function keysOf<Key extends string>(record: Record<Key, unknown>): Key[] {
  return Object.keys(record) as Key[];
}
