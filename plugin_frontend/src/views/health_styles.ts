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
    padding: 8px 16px;
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
  .scroll {
    overflow: auto;
    min-height: 0;
    padding: 0 16px 8px;
  }
  .sheet {
    min-width: 100%;
  }
  .curve {
    position: sticky;
    top: 0;
    z-index: 2;
    height: 52px;
    padding-top: 16px;
    background: var(--surface);
  }
  .curve svg {
    display: block;
    width: 100%;
    height: 32px;
    border-bottom: 1px solid var(--line);
    overflow: visible;
  }
  .curve path {
    fill: none;
    stroke: var(--text);
    stroke-width: 1.5px;
    vector-effect: non-scaling-stroke;
  }
  .curve span {
    position: absolute;
    top: 0;
    left: 0;
    font-size: 11px;
    line-height: 16px;
    color: var(--muted);
  }
  .picture {
    position: relative;
  }
  canvas {
    display: block;
    width: 100%;
    height: 100%;
    image-rendering: pixelated;
    cursor: pointer;
  }
  /* Lines between channels, where there is room for them. */
  .apart::after {
    content: '';
    position: absolute;
    inset: 0;
    pointer-events: none;
    background: repeating-linear-gradient(
      to bottom,
      transparent 0 calc(var(--row) - 1px),
      var(--surface) calc(var(--row) - 1px) var(--row)
    );
  }
  .cursor,
  .chosen {
    position: absolute;
    z-index: 1;
    outline: 2px solid var(--cursor, var(--accent));
    pointer-events: none;
  }
  .cursor {
    top: 0;
    bottom: 0;
    min-width: 2px;
  }
  .chosen {
    left: 0;
    right: 0;
    min-height: 2px;
  }
  .foot {
    position: sticky;
    bottom: -8px;
    padding-top: 2px;
    background: var(--surface);
  }
  .message {
    padding: 0 16px;
  }
`;
