import { css } from 'lit';

export const gridStyles = css`
  :host {
    position: relative;
    overflow: auto;
    min-height: 0;
    padding: 16px;
  }
  .sheet {
    position: relative;
    width: max-content;
  }
  canvas {
    display: block;
    image-rendering: pixelated;
    cursor: pointer;
  }
  /* More values than pixels: to leave some out would be untrue. */
  canvas.shrunk {
    image-rendering: auto;
  }
  .bars {
    margin-left: 56px;
    background: var(--panel);
  }
  .tick {
    position: absolute;
    right: 100%;
    padding-right: 6px;
    font-size: 11px;
    line-height: 14px;
    white-space: nowrap;
    color: var(--muted);
    transform: translateY(-50%);
  }
  .zero {
    position: absolute;
    left: 0;
    right: 0;
    border-top: 1px solid var(--muted);
    pointer-events: none;
  }
`;
