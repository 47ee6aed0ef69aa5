import { css } from 'lit';

export const gradientsStyles = css`
  :host {
    --curves: 160px;
    --counts: 176px;
  }
  header button {
    font-size: 12px;
  }
  .term {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .swatch {
    width: 16px;
    height: 12px;
    border-radius: 2px;
  }
  .bars {
    grid-column: 3;
    display: flex;
    height: calc(var(--row) - 10px);
    overflow: hidden;
    border-radius: 2px;
    background: var(--hover);
  }
  .bars i {
    flex: none;
    overflow: hidden;
    font:
      600 10px/1.6 system-ui,
      sans-serif;
    color: var(--surface);
  }
  /* The same terms without any colour: by the pattern over them. */
  .pattern-1 {
    background-image: repeating-linear-gradient(
      45deg,
      rgb(255 255 255 / 35%) 0 2px,
      transparent 2px 6px
    );
  }
  .pattern-2 {
    background-image: repeating-linear-gradient(
      90deg,
      rgb(255 255 255 / 35%) 0 1px,
      transparent 1px 4px
    );
  }
  .pattern-3 {
    background-image: repeating-linear-gradient(
      0deg,
      rgb(255 255 255 / 35%) 0 1px,
      transparent 1px 4px
    );
  }
  .pattern-4 {
    background-image: repeating-linear-gradient(
      -45deg,
      rgb(255 255 255 / 35%) 0 2px,
      transparent 2px 6px
    );
  }
  .count {
    overflow: hidden;
    text-overflow: ellipsis;
    font-variant-numeric: tabular-nums;
  }
  .nothing {
    align-self: center;
    justify-self: center;
    grid-row: 1 / -1;
    padding: 32px;
    max-width: 40em;
    text-align: center;
    color: var(--muted);
  }
  @container (max-width: 720px) {
    header,
    .scroll {
      --curves: 88px;
      --counts: 0px;
    }
    .count {
      display: none;
    }
  }
`;
