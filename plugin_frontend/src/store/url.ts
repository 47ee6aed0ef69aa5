import { COLORMAPS } from '../render/colormap';
import { SCALINGS } from '../render/normalise';
import { LOSS_VIEWS, SORT_ORDERS, VIEWS, initialState, type Comparison, type State } from './state';

const CHOICES = {
  colormap: COLORMAPS,
  scaling: SCALINGS,
  sort: SORT_ORDERS,
  view: VIEWS,
  lossView: LOSS_VIEWS,
} as const;
type Choice = keyof typeof CHOICES;
const STARTS = initialState();

/** The part of the state that a deep link holds. */
export function toParameters(state: State): Record<string, string> {
  const parameters: Record<string, string> = {};
  if (state.run !== null) parameters['run'] = state.run;
  if (state.layer !== null) parameters['layer'] = state.layer;
  if (state.probe) parameters['probe'] = String(state.probe);
  if (state.channel !== null) parameters['channel'] = String(state.channel);
  if (state.step !== null && !state.following) parameters['step'] = String(state.step);
  if (state.comparison) parameters['compare'] = textOf(state.comparison);
  for (const choice of Object.keys(CHOICES) as Choice[]) {
    if (state[choice] !== STARTS[choice]) parameters[choice] = state[choice];
  }
  return parameters;
}

/** What a deep link asks for; anything that makes no sense is left out. */
export function fromParameters(parameters: Record<string, string>): Partial<State> {
  const change: Partial<State> = {};
  if (parameters['run']) change.run = parameters['run'];
  if (parameters['layer']) change.layer = parameters['layer'];
  const probe = wholeNumber(parameters['probe']);
  if (probe !== null) change.probe = probe;
  const channel = wholeNumber(parameters['channel']);
  if (channel !== null) change.channel = channel;
  const step = wholeNumber(parameters['step']);
  if (step !== null) Object.assign(change, { step, following: false });
  const comparison = comparisonOf(parameters['compare'] ?? '');
  if (comparison) change.comparison = comparison;
  for (const choice of Object.keys(CHOICES) as Choice[]) {
    const value = parameters[choice] ?? '';
    if ((CHOICES[choice] as readonly string[]).includes(value)) {
      Object.assign(change, { [choice]: value });
    }
  }
  return change;
}

/** Whether two places are far enough apart that "back" should lead from one to the other. */
export function isElsewhere(before: State, after: State): boolean {
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

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
