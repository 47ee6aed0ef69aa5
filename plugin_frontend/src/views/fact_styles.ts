import { css } from 'lit';

/** Names of values and the values, in two columns. */
export const factStyles = css`
  dl {
    display: grid;
    grid-template-columns: auto auto;
    gap: 2px 16px;
    margin: 0;
    align-content: start;
  }
  dt {
    color: var(--muted);
  }
  dd {
    margin: 0;
    text-align: right;
    white-space: nowrap;
  }
`;
