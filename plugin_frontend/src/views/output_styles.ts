import { css } from 'lit';

export const outputStyles = css`
  section {
    border-top: 1px solid var(--line);
  }
  .plot {
    height: 140px;
  }
  .over {
    display: flex;
    align-items: center;
    justify-content: space-between;
    margin: 8px 0 4px;
  }
  select {
    max-width: 160px;
  }
  .learned {
    margin: 0;
    padding: 0;
    list-style: none;
    font-size: 12px;
    line-height: 18px;
  }
  h3 {
    margin: 12px 0 4px;
    font-size: 13px;
    font-weight: 500;
    display: flex;
    gap: 8px;
    justify-content: space-between;
  }
  .row {
    display: grid;
    grid-template-columns: 96px 1fr 48px;
    gap: 8px;
    align-items: center;
    font-size: 12px;
    line-height: 18px;
  }
  .row span:first-child {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .true {
    font-weight: 600;
  }
  .track {
    height: 8px;
    border-radius: 4px;
    background: var(--hover);
    overflow: hidden;
  }
  .fill {
    height: 100%;
    background: var(--muted);
  }
  .true .fill {
    background: var(--series-1);
  }
  .number {
    text-align: right;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 12px;
    line-height: 18px;
    table-layout: fixed;
  }
  th,
  td {
    padding: 0;
    font-weight: inherit;
    text-align: right;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  tbody th {
    text-align: left;
  }
  thead th {
    padding-left: 8px;
    color: var(--muted);
    vertical-align: bottom;
  }
  .name,
  .when {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  th .key {
    width: 12px;
    margin-right: 4px;
  }
  .bars {
    padding-left: 8px;
  }
  .bars .track {
    height: 5px;
    margin: 1px 0;
  }
  .bad {
    margin: 0;
    color: var(--bad);
  }
`;
