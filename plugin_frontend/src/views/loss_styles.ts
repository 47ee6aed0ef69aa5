import { css } from 'lit';

export const lossStyles = css`
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
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    margin-top: 8px;
  }
  .tools label {
    flex: 1;
    min-width: 120px;
  }
  .tools input {
    flex: 1;
    min-width: 48px;
    margin: 0;
    accent-color: var(--accent);
  }
  .tools button {
    min-width: 28px;
    padding: 0 8px;
  }
  .plot {
    height: 260px;
    cursor: crosshair;
  }
`;
