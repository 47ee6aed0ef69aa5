import { css } from 'lit';

/** What the panels of losses and predictions share. */
export const panelStyles = css`
  section {
    padding: 16px;
  }
  header {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-bottom: 8px;
  }
  h2 {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .of {
    text-transform: none;
    letter-spacing: 0;
    font-weight: 400;
  }
  .plot {
    position: relative;
    height: 240px;
    cursor: crosshair;
  }
  .key {
    margin-right: 8px;
    vertical-align: middle;
  }
`;
