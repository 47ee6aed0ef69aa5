import { css, html } from 'lit';
import { formatStep } from '../derive/format';

/** Room for one label and the gap to the next, in pixels. */
const LABEL_WIDTH = 72;

export const stepAxisStyles = css`
  .axis {
    position: relative;
    height: 20px;
    font-size: 11px;
    line-height: 20px;
    color: var(--muted);
  }
  .axis span {
    position: absolute;
    top: 0;
    transform: translateX(-50%);
    white-space: nowrap;
  }
  .axis span:first-child {
    transform: none;
  }
  .axis span:last-child:not(:first-child) {
    transform: translateX(-100%);
  }
  .axis span::before {
    content: '';
    position: absolute;
    top: -2px;
    left: 50%;
    height: 4px;
    border-left: 1px solid var(--muted);
  }
  .axis span:first-child::before {
    left: 0;
  }
  .axis span:last-child:not(:first-child)::before {
    left: 100%;
  }
`;

/** Labels under a picture whose columns are steps, each column as wide as the others. */
export function stepAxis(steps: readonly number[], width: number) {
  const labels = Math.max(1, Math.min(steps.length, Math.floor(width / LABEL_WIDTH)));
  const places = Array.from({ length: labels }, (_, label) =>
    labels === 1 ? 0 : Math.round((label * (steps.length - 1)) / (labels - 1)),
  );
  return html`<div class="axis" aria-hidden="true">
    ${places.map((place, label) => {
      const inner = (100 * (place + 0.5)) / steps.length;
      const left = label === 0 ? 0 : label === labels - 1 ? 100 : inner;
      return html`<span style="left:${left}%">${formatStep(steps[place]!)}</span>`;
    })}
  </div>`;
}
