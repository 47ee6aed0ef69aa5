import { css } from 'lit';

export const healthStyles = css`
  :host {
    min-height: 0;
    display: grid;
    grid-template-rows: auto minmax(0, 1fr);
  }
  header {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    font-size: 12px;
  }
  .key {
    display: inline-block;
    width: 12px;
    height: 12px;
    border-radius: 3px;
    border: 1px solid var(--line);
    vertical-align: -1px;
    margin-right: 6px;
  }
  .ramp {
    width: 64px;
    background: linear-gradient(to right, var(--health-full), var(--health-sparse));
  }
  .under {
    margin-left: auto;
  }
  .sheet {
    overflow: auto;
    min-height: 0;
  }
  .picture {
    position: relative;
    width: max-content;
  }
  canvas {
    display: block;
    cursor: pointer;
  }
  .cursor {
    position: absolute;
    top: 0;
    bottom: 0;
    outline: 2px solid var(--cursor);
    pointer-events: none;
  }
`;
