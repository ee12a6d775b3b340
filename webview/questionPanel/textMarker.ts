import type { PanelContext, PanelQuestion } from '../../src/protocol/panel.ts';
import { likenessOf, wordedSentences, type Sentence } from './texts/likeness.ts';
import type { Marks, SentenceMark } from './texts/markedText.ts';
import { passageReferences } from './texts/passageReferences.ts';
import { PassageIndex, sentenceMarks } from './texts/passageSupport.ts';
import type { TextSpan } from './texts/textSpans.ts';

type MarkedSpan = TextSpan & { mark: SentenceMark };

/** Finds what to mark in the two texts shown. Keeps what it found of a question's texts and its context. */
export class TextMarker {
  #question: PanelQuestion | null = null;
  #sentences = new Map<number, Sentence[]>();
  #context: PanelContext | null = null;
  #passages: PassageIndex | null = null;

  /** The words of the passages, made when first asked for. */
  passages(context: PanelContext | null): PassageIndex | null {
    if (context !== this.#context) {
      this.#context = context;
      this.#passages = null;
    }
    if (context !== null) this.#passages ??= new PassageIndex(context);
    return this.#passages;
  }

  /** A cell: the sentences most and least alike of its two texts. */
  alike(left: string, right: string): { left: MarkedSpan[]; right: MarkedSpan[] } {
    const found = likenessOf(left, right);
    const marks = (side: { most: TextSpan; least: TextSpan | undefined } | undefined) =>
      side === undefined
        ? []
        : [
            { ...side.most, mark: 'most-alike' as const },
            ...(side.least === undefined ? [] : [{ ...side.least, mark: 'least-alike' as const }]),
          ];
    return { left: marks(found.left), right: marks(found.right) };
  }

  /** A text by itself: sentences that no passage and no other sample has. */
  doubtful(question: PanelQuestion, index: number, context: PanelContext | null): MarkedSpan[] {
    if (question !== this.#question) {
      this.#question = question;
      this.#sentences = new Map();
    }
    const text = question.trajectories.find((each) => each.index === index)?.text ?? '';
    const others = question.trajectories
      .filter((each) => each.index !== index && !each.failed)
      .map((each) => this.#sentencesOf(each.index, each.text));
    const { unsupported, alone } = sentenceMarks(text, others, this.passages(context));
    return [
      ...unsupported.map((span) => ({ ...span, mark: 'unsupported' as const })),
      ...alone.map((span) => ({ ...span, mark: 'alone' as const })),
    ];
  }

  references(text: string, question: PanelQuestion): Marks['references'] {
    return passageReferences(text, question.documents);
  }

  #sentencesOf(index: number, text: string): Sentence[] {
    const known = this.#sentences.get(index);
    if (known !== undefined) return known;
    const made = wordedSentences(text);
    this.#sentences.set(index, made);
    return made;
  }
}
