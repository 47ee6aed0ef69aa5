import { html } from 'lit';

/** A list to choose one of a few names from. */
export function choice<Name extends string>(options: {
  readonly label: string;
  readonly testId: string;
  readonly names: readonly Name[];
  readonly title: (name: Name) => string;
  readonly chosen: Name;
  readonly choose: (name: Name) => void;
}) {
  const { label, testId, names, title, chosen, choose } = options;
  const changed = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    const name = names.find((candidate) => candidate === value);
    if (name !== undefined) choose(name);
  };
  return html`<label
    >${label}
    <select data-testid=${testId} @change=${changed}>
      ${names.map(
        (name) => html`<option value=${name} ?selected=${name === chosen}>${title(name)}</option>`,
      )}
    </select></label
  >`;
}
