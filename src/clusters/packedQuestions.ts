import type { AnswerRelation, ClusterInput, TrajectoryAnswer } from './answerClusters.ts';

/**
 * What the clusters of several questions are made of, as it is handed to another process: few objects however many answers
 * there are, since they stay until the other one has replied.
 */
export interface PackedQuestions {
  questions: string[];
  relations: (readonly AnswerRelation[])[];
  /** How many answers each has. */
  counts: number[];
  /** Answers, each once. */
  texts: string[];
  /** Of the answers of all, one after another. */
  index: Uint32Array;
  /** Place in `texts` plus one; 0 is none. */
  answer: Uint32Array;
  weak: Uint8Array;
}

/** Packs questions one by one. */
export class QuestionPacker {
  readonly #questions: string[] = [];
  readonly #relations: (readonly AnswerRelation[])[] = [];
  readonly #counts: number[] = [];
  readonly #places = new Map<string, number>();
  readonly #index: number[] = [];
  readonly #answer: number[] = [];
  readonly #weak: number[] = [];

  get answers(): number {
    return this.#index.length;
  }

  add({ question, answers, relations = [] }: ClusterInput): void {
    this.#questions.push(question);
    this.#relations.push(relations);
    this.#counts.push(answers.length);
    for (const { index, answer, weak } of answers) {
      this.#index.push(index);
      this.#answer.push(answer === undefined ? 0 : this.#placeOf(answer) + 1);
      this.#weak.push(weak ? 1 : 0);
    }
  }

  packed(): PackedQuestions {
    return {
      questions: this.#questions,
      relations: this.#relations,
      counts: this.#counts,
      texts: [...this.#places.keys()],
      index: Uint32Array.from(this.#index),
      answer: Uint32Array.from(this.#answer),
      weak: Uint8Array.from(this.#weak),
    };
  }

  #placeOf(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.#places.size);
    return this.#places.size - 1;
  }
}

/** The questions again, in their order. */
export function unpackedQuestions(packed: PackedQuestions): ClusterInput[] {
  let start = 0;
  return packed.questions.map((question, place) => {
    const count = packed.counts[place] ?? 0;
    const answers = Array.from({ length: count }, (_, position): TrajectoryAnswer => {
      const at = start + position;
      return {
        index: packed.index[at] ?? 0,
        answer: packed.texts[(packed.answer[at] ?? 0) - 1],
        weak: packed.weak[at] === 1,
      };
    });
    start += count;
    return { question, answers, relations: packed.relations[place] ?? [] };
  });
}
