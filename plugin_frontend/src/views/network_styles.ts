import { css } from 'lit';

export const networkStyles = css`
  :host {
    container-type: inline-size;
    min-height: 0;
    display: grid;
    grid-template-rows: auto minmax(0, 1fr);
    --names: 200px;
    --curves: 96px;
    --counts: 96px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 16px;
    padding: 8px 16px;
    font-size: 12px;
  }
  .ramp {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    color: var(--muted);
  }
  .ramp i {
    width: 96px;
    height: 12px;
    border: 1px solid var(--line);
    border-radius: 3px;
    /* As render/network.ts has it. */
    background: linear-gradient(
      to right,
      var(--panel) 2%,
      color-mix(in srgb, var(--text) 14%, var(--panel)) 2%,
      color-mix(in srgb, var(--text) 33%, var(--panel)) 5%,
      color-mix(in srgb, var(--text) 57%, var(--panel)) 25%,
      color-mix(in srgb, var(--text) 75%, var(--panel)) 50%,
      var(--text)
    );
  }
  .scroll {
    overflow: auto;
    min-height: 0;
    padding: 0 16px 8px;
  }
  .table {
    position: relative;
  }
  .row {
    display: grid;
    grid-template-columns: var(--names) minmax(0, 1fr) var(--curves) var(--counts);
    align-items: center;
    column-gap: 8px;
    height: var(--row);
    content-visibility: auto;
    contain-intrinsic-height: var(--row);
  }
  .name {
    height: 100%;
    padding: 0 8px;
    border: 1px solid transparent;
    border-radius: 4px;
    background: none;
    text-align: left;
    font-size: 12px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .name[aria-current='true'] {
    background: var(--cursor-soft);
    color: var(--cursor-text);
  }
  .problem {
    grid-column: 2 / -1;
    z-index: 1;
    font-size: 12px;
    color: var(--muted);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  svg {
    display: block;
    grid-column: 3;
    width: 100%;
    height: calc(var(--row) - 8px);
    overflow: visible;
    border-bottom: 1px solid var(--line);
  }
  path {
    fill: none;
    stroke: var(--series-1);
    stroke-width: 1.5px;
    vector-effect: non-scaling-stroke;
  }
  .count {
    grid-column: 4;
    font-size: 12px;
    text-align: right;
    white-space: nowrap;
  }
  .count.broken {
    color: var(--bad);
  }
  .picture {
    position: absolute;
    inset: 0 calc(var(--curves) + var(--counts) + 16px) 0 calc(var(--names) + 8px);
  }
  canvas {
    display: block;
    width: 100%;
    height: 100%;
    image-rendering: pixelated;
    cursor: pointer;
  }
  /* Lines between the layers. */
  .picture::after {
    content: '';
    position: absolute;
    inset: 0;
    pointer-events: none;
    background: repeating-linear-gradient(
      to bottom,
      transparent 0 calc(var(--row) - 2px),
      var(--surface) calc(var(--row) - 2px) var(--row)
    );
  }
  .cursor {
    position: absolute;
    top: 0;
    bottom: 0;
    min-width: 2px;
    z-index: 1;
    outline: 2px solid var(--cursor);
    pointer-events: none;
  }
  .foot {
    position: sticky;
    bottom: -8px;
    margin: 0 calc(var(--curves) + var(--counts) + 16px) 0 calc(var(--names) + 8px);
    padding-top: 2px;
    background: var(--surface);
  }
  @container (max-width: 600px) {
    header,
    .scroll {
      --names: 120px;
      --curves: 0px;
      --counts: 72px;
    }
    svg {
      display: none;
    }
  }
`;
