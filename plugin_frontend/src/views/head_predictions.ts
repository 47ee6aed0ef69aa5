import { html, nothing } from 'lit';
import { formatStep } from '../derive/format';
import type { HeadAt, PredictionRow } from '../derive/prediction_rows';
import { lineKey } from './line_key';

/** A side as it is told apart: by its name, and the colour of its bars. */
export interface SideKey {
  readonly name: string;
  /** The whole name, where it is shortened. */
  readonly title: string;
  /** A custom property of the page. */
  readonly color: string;
  /** The step that is asked for. */
  readonly step: number | null;
  readonly probe: number;
}

/** The largest classes and the true one of one head, at the prediction nearest to a step. */
export function headTable(predicted: HeadAt, rows: readonly PredictionRow[], key: SideKey) {
  const { head, at } = predicted;
  const when = at.step === key.step ? '' : ` · at step ${formatStep(at.step)}`;
  return html`<h3>
      <bdi>${head.name}</bdi
      ><span class="muted">${head.role ?? ''} · weight ${head.weight}${when}</span>
    </h3>
    ${rows.map(
      (row) =>
        html`<div class="row ${row.isTrue ? 'true' : ''}">
          <span title=${row.name}>${className(row)}</span>
          <div class="track"><div class="fill" style=${widthOf(row.values[0])}></div></div>
          <span class="number">${numberOf(row.values[0])}</span>
        </div>`,
    )}
    ${notFinite(predicted, key, false)}`;
}

/** The same of a head on several sides, their bars under each other. */
export function comparedTable(
  name: string,
  heads: readonly (HeadAt | null)[],
  rows: readonly PredictionRow[],
  keys: readonly SideKey[],
) {
  const role = heads.find((predicted) => predicted !== null)?.head.role ?? '';
  return html`<h3><bdi>${name}</bdi><span class="muted">${role}</span></h3>
    <table data-testid="compared-predictions" data-head=${name}>
      <thead>
        <tr>
          <td></td>
          <td></td>
          ${keys.map((key, place) => columnHead(key, heads[place] ?? null))}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => comparedRow(row, keys))}
      </tbody>
    </table>
    ${heads.map((predicted, place) => (predicted ? notFinite(predicted, keys[place]!, true) : nothing))}`;
}

function columnHead(key: SideKey, predicted: HeadAt | null) {
  const when = predicted
    ? predicted.at.step === key.step
      ? ''
      : `at ${formatStep(predicted.at.step)}`
    : 'none';
  return html`<th scope="col" title=${key.title}>
    <span class="name">${lineKey(key.color, undefined)}<bdi>${key.name}</bdi></span>
    ${when ? html`<span class="when">${when}</span>` : nothing}
  </th>`;
}

function comparedRow(row: PredictionRow, keys: readonly SideKey[]) {
  const unknown = 'Not logged, or not among the largest classes that are listed';
  return html`<tr class=${row.isTrue ? 'true' : ''}>
    <th scope="row" title=${row.name}>${className(row)}</th>
    <td class="bars">
      ${row.values.map(
        (value, place) =>
          html`<div class="track">
            <div class="fill" style="${widthOf(value)};background:var(${keys[place]!.color})"></div>
          </div>`,
      )}
    </td>
    ${row.values.map(
      (value) => html`<td title=${value === null ? unknown : nothing}>${numberOf(value)}</td>`,
    )}
  </tr>`;
}

function className({ name, isTrue }: PredictionRow) {
  return html`${isTrue ? '✓ ' : ''}<bdi>${name}</bdi>`;
}

function numberOf(value: number | null | undefined): string {
  return value?.toFixed(3) ?? '–';
}

function widthOf(value: number | null | undefined): string {
  return `width:${100 * Math.max(0, Math.min(1, value ?? 0))}%`;
}

function notFinite({ at }: HeadAt, { probe, name }: SideKey, isNamed: boolean) {
  const { nonfinite } = at.predictions[probe]!;
  if (!nonfinite) return nothing;
  const of = isNamed ? ` (${name})` : '';
  return html`<p class="bad">${nonfinite} values are not finite${of}.</p>`;
}
