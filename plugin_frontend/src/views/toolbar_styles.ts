import { css } from 'lit';

/** One row at any width: words become signs, and tabs a list. */
export const toolbarStyles = css`
  :host {
    container-type: inline-size;
    display: block;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 8px;
    height: 40px;
    padding: 0 8px;
    border-bottom: 1px solid var(--line);
    background: var(--panel);
  }
  .row > * {
    flex: none;
  }
  .row > fm-runs-menu {
    flex: 0 1 auto;
    min-width: 40px;
    max-width: 240px;
  }
  .row > fm-probe-menu {
    flex: 0 1 auto;
    min-width: 48px;
    max-width: 160px;
  }
  .space {
    flex: 1 1 0;
  }
  .tabs {
    display: inline-flex;
  }
  .tabs button {
    border-radius: 0;
    margin-left: -1px;
    white-space: nowrap;
  }
  .tabs button[aria-pressed='true'] {
    position: relative;
  }
  .tabs button:first-child {
    border-radius: 6px 0 0 6px;
    margin-left: 0;
  }
  .tabs button:last-child {
    border-radius: 0 6px 6px 0;
  }
  .select {
    /* The list says what it is by its choices; its name is for those who don't see it. */
    font-size: 0;
  }
  .select select {
    font-size: 13px;
  }
  .select,
  .sheet,
  .sign {
    display: none;
  }
  .sheet {
    padding: 0 6px;
    min-width: 28px;
  }
  @container (width < 1100px) {
    .word {
      display: none;
    }
    .sign {
      display: inline;
    }
  }
  @container (width < 1000px) {
    fm-live::part(day) {
      display: none;
    }
  }
  @container (width < 900px) {
    .sheet {
      display: block;
    }
  }
  @container (width < 800px) {
    .row {
      gap: 4px;
      padding: 0 4px;
    }
    fm-live::part(text) {
      display: none;
    }
  }
  @container (width < 720px) {
    .tabs {
      display: none;
    }
    .select {
      display: block;
    }
  }
  @container (width < 480px) {
    .row {
      gap: 3px;
      padding: 0 2px;
    }
    .row > fm-runs-menu,
    .row > fm-probe-menu {
      min-width: 34px;
      flex: 1 1 34px;
    }
    .select select {
      width: 76px;
    }
    .space,
    fm-theme-switch {
      display: none; /* a phone's own setting has to do */
    }
  }
`;
