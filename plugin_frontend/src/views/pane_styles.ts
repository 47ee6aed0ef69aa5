import { css } from 'lit';

/** A line of title over maps that take the rest of the room. */
export const paneStyles = css`
  :host {
    min-width: 0;
    min-height: 0;
  }
  section {
    height: 100%;
    display: grid;
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
  }
  .title {
    padding: 8px 16px 0;
    font-size: 12px;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .message {
    padding: 16px;
    overflow-wrap: anywhere;
  }
`;
