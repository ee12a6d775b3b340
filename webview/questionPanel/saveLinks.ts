import { SAVE_FORMATS, type SaveFormat } from '../../src/protocol/panel.ts';
import { element, linkButton } from '../element.ts';

/** "save as SVG PNG CSV" under the heatmap. */
export class SaveLinks {
  readonly element: HTMLElement;

  constructor(onSave: (format: SaveFormat) => void) {
    const links = SAVE_FORMATS.map((format) => {
      const name = format.toUpperCase();
      const link = linkButton(name, () => {
        onSave(format);
      });
      link.setAttribute('aria-label', `Save the utilities as ${name}`);
      return link;
    });
    this.element = element('span', { class: 'save' }, 'save as', ...links);
  }
}
