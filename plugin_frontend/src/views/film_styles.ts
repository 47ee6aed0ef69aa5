import { css } from 'lit';

export const filmStyles = css`
  header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    margin: 12px 0 4px;
  }
  .strip {
    display: flex;
    gap: 4px;
    overflow-x: auto;
    padding: 2px 2px 8px;
  }
  .strip button {
    flex: none;
    height: auto;
    padding: 2px;
    display: grid;
    justify-items: center;
    font-size: 11px;
    line-height: 16px;
  }
  .strip button[aria-current='true'] {
    border-color: var(--cursor);
    background: var(--cursor-soft);
    color: var(--cursor-text);
  }
  canvas,
  .place {
    width: 56px;
    height: 56px;
    object-fit: contain;
    image-rendering: pixelated;
  }
  .place {
    display: grid;
    place-items: center;
    background: var(--hover);
  }
  p {
    margin: 0 0 8px;
    font-size: 12px;
  }
`;
