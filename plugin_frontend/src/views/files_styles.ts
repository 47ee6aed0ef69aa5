import { css } from 'lit';

/** What “Export” offers, one below the other. */
export const filesStyles = css`
  :host {
    display: grid;
    gap: 8px;
    margin-bottom: 8px;
    max-width: 320px;
  }
`;
