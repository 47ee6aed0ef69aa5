import { html, type TemplateResult } from 'lit';
import type { View } from '../state/selection';
import './gradient_files_view';
import './gradients_view';
import './health_files_view';
import './health_view';
import './loss_figures_view';
import './map_files_view';
import './map_figures_view';
import './map_look_view';
import './network_files_view';
import './network_view';
import './onset_files_view';
import './panes_view';
import './range_view';

/** One of the views that share the middle, and what it adds to the toolbar's menus. */
export interface ViewTab {
  readonly label: string;
  /** The question that it answers. */
  readonly tip: string;
  readonly content: TemplateResult;
  /** What “Appearance” offers while it is seen. */
  readonly looks: TemplateResult | null;
  /** What “Export” offers while it is seen. */
  readonly files: TemplateResult | null;
}

/** The loss plot stands beside every view. */
const LOSSES = html`<fm-loss-figures></fm-loss-figures>`;

/** All views, in the order of state/selection.ts, which names them. */
export const VIEW_TABS: Readonly<Record<View, ViewTab>> = {
  maps: {
    label: 'Maps',
    tip: 'What the channels of the layer show at the step',
    content: html`<fm-panes></fm-panes>`,
    looks: html`<fm-map-look></fm-map-look><fm-range></fm-range>`,
    files: html`<fm-map-figures></fm-map-figures
      ><fm-onset-files></fm-onset-files>${LOSSES}<fm-map-files></fm-map-files>`,
  },
  network: {
    label: 'Network',
    tip: 'Where in the model channels die, and when',
    content: html`<fm-network></fm-network>`,
    looks: null,
    files: html`<fm-network-files></fm-network-files>${LOSSES}<fm-picture-file></fm-picture-file>`,
  },
  health: {
    label: 'Health',
    tip: 'Which channels of the layer are dead, and since when',
    content: html`<fm-health></fm-health>`,
    looks: null,
    files: html`<fm-health-files></fm-health-files>${LOSSES}<fm-picture-file></fm-picture-file>`,
  },
  gradients: {
    label: 'Gradients',
    tip: 'Which term of the loss teaches which layer',
    content: html`<fm-gradients></fm-gradients>`,
    looks: null,
    files: html`<fm-gradient-files></fm-gradient-files>${LOSSES}<fm-picture-file
      ></fm-picture-file>`,
  },
};
