import { COLORMAPS, type ColormapName } from '../render/colormap';
import { SCALINGS, type Scaling } from '../render/normalise';
import type { State } from './state';

/** The part of the state that a deep link holds. */
export function toParameters(state: State): Record<string, string> {
  const parameters: Record<string, string> = {};
  if (state.run !== null) parameters['run'] = state.run;
  if (state.layer !== null) parameters['layer'] = state.layer;
  if (state.probe) parameters['probe'] = String(state.probe);
  if (state.channel !== null) parameters['channel'] = String(state.channel);
  if (state.step !== null && !state.following) parameters['step'] = String(state.step);
  if (state.colormap !== 'viridis') parameters['colormap'] = state.colormap;
  if (state.scaling !== 'channel') parameters['scaling'] = state.scaling;
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
  const colormap = parameters['colormap'] as ColormapName;
  if (COLORMAPS.includes(colormap)) change.colormap = colormap;
  const scaling = parameters['scaling'] as Scaling;
  if (SCALINGS.includes(scaling)) change.scaling = scaling;
  return change;
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
