import { css } from 'lit';
import { colorVariables } from '../render/palette';

/**
 * Colours and sizes of the page; light, and dark as TensorBoard is. The cursor's colour is for the
 * step, channel and layer that are chosen, and for nothing else; the accent's for controls.
 */
export const pageStyle = `
  :root {
    --cursor: #c25700; --cursor-text: #9e4600; --cursor-soft: #fff1e3;
    --accent: #1a66c9; --accent-text: #174ea6; --accent-soft: #e8f0fe;
    --text: #202124; --muted: #5f6368; --line: #dfe1e5;
    --surface: #fff; --panel: #f8f9fa; --raised: #fff; --hover: #eef0f2;
    --bad: #b3261e; --bad-soft: #fce8e6;
    ${colorVariables('light')}
    --shadow: 0 1px 3px rgb(0 0 0 / 16%), 0 4px 16px rgb(0 0 0 / 10%);
    color-scheme: light;
  }
  :root.dark {
    --cursor: #ffa04d; --cursor-text: #ffb06b; --cursor-soft: #3d2b1a;
    --accent: #8ab4f8; --accent-text: #aecbfa; --accent-soft: #28374f;
    --text: #e8eaed; --muted: #a8adb3; --line: #44484d;
    --surface: #202124; --panel: #292a2d; --raised: #303134; --hover: #3a3c40;
    --bad: #f28b82; --bad-soft: #4a2522;
    ${colorVariables('dark')}
    --shadow: 0 1px 3px rgb(0 0 0 / 60%), 0 4px 16px rgb(0 0 0 / 40%);
    color-scheme: dark;
  }
  html, body { height: 100%; margin: 0; background: var(--surface); }
`;

/** What all views share. */
export const common = css`
  :host {
    display: block;
    box-sizing: border-box;
    color: var(--text);
    font:
      13px/20px Roboto,
      system-ui,
      -apple-system,
      'Segoe UI',
      sans-serif;
    font-variant-numeric: tabular-nums;
  }
  *,
  *::before {
    box-sizing: border-box;
  }
  h2 {
    margin: 0;
    font-size: 11px;
    line-height: 16px;
    font-weight: 600;
    letter-spacing: 0.06em;
    text-transform: uppercase;
    color: var(--muted);
  }
  button,
  select {
    font: inherit;
    color: inherit;
    background: var(--raised);
    border: 1px solid var(--line);
    border-radius: 6px;
    height: 28px;
    padding: 0 10px;
    cursor: pointer;
  }
  select {
    padding: 0 6px;
  }
  button:hover,
  select:hover {
    background: var(--hover);
  }
  button[aria-pressed='true'] {
    background: var(--accent-soft);
    border-color: var(--accent);
    color: var(--accent-text);
  }
  button:disabled {
    opacity: 0.45;
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }
  label {
    color: var(--muted);
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .muted {
    color: var(--muted);
  }
`;
