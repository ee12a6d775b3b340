import { element } from '../element.ts';
import { MARK_WORDS, type SentenceMark } from './texts/markedText.ts';

/** Says what the marks in the texts mean, for those that there are. They are about words, never a verdict on truth. */
export class MarkLegend {
  readonly element = element('div', { class: 'mark-legend' });

  update(marks: readonly SentenceMark[]): void {
    const counts = new Map<SentenceMark, number>();
    for (const mark of marks) counts.set(mark, (counts.get(mark) ?? 0) + 1);
    const doubtful = counts.has('unsupported') || counts.has('alone');
    this.element.hidden = counts.size === 0;
    this.element.replaceChildren(
      ...[...counts].map(([mark, count]) => {
        const { shape, says } = MARK_WORDS[mark];
        const sample = element('span', { class: `sample ${mark}`, 'aria-hidden': 'true' }, shape);
        return element('span', { class: 'meaning' }, sample, doubtful ? `${says}: ${count}` : says);
      }),
      element('span', {}, '(by words in common)'),
    );
  }
}
