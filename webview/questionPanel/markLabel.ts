import { element } from '../element.ts';
import { SHAPES, type Mark } from './marks.ts';

/**
 * A mark as shape, word and colour; the pick of policy or dataset that was replaced is struck through. Short, only people are
 * named.
 */
export function markLabel(mark: Mark, length: 'whole' | 'short' = 'whole'): HTMLElement {
  const shape = element('span', { class: 'shape', 'aria-hidden': 'true' }, SHAPES[mark.side]);
  const word = mark.replaced ? element('s', {}, mark.side) : element('span', {}, mark.side);
  const title = mark.replaced
    ? `The ${mark.by}'s ${mark.side}, replaced by a reviewer`
    : `${mark.side} by ${mark.by}`;
  return element(
    'span',
    { class: `mark ${mark.side}${mark.replaced ? ' replaced' : ''}`, title },
    shape,
    word,
    ...(length === 'short' && isPicked(mark)
      ? []
      : [' ', element('span', { class: 'by' }, mark.by)]),
  );
}

function isPicked({ by }: Mark): boolean {
  return by === 'policy' || by === 'dataset';
}
