import { svg, html, nothing } from 'lit';

/** A piece of a line as it is drawn in a plot, for legends. */
export function lineKey(color: string, dash: readonly number[] | undefined) {
  return html`<svg class="key" width="24" height="8" aria-hidden="true">
    ${svg`<line x1="0" x2="24" y1="4" y2="4" stroke="var(${color})" stroke-width="2.5"
      stroke-dasharray=${dash?.join(' ') ?? nothing}></line>`}
  </svg>`;
}
