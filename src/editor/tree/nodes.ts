/** A row of the tree, as commands get it: plain data, looked up in the store when it is used. */
export type Node =
  | { type: 'study'; dir: string }
  /** Questions of a long study, from the `start`th of the list as it is sorted. */
  | { type: 'range'; dir: string; start: number }
  | { type: 'question'; dir: string; questionId: string }
  | { type: 'trajectory'; dir: string; questionId: string; index: number }
  | { type: 'problems'; dir: string }
  | { type: 'loading'; dir: string };
export type NodeOf<Type extends Node['type']> = Extract<Node, { type: Type }>;

/** Whether the argument of a command is a row: from the palette and from keys there is none, or something else. */
export function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null) return false;
  if (!('type' in value && 'dir' in value && typeof value.dir === 'string')) return false;
  const hasQuestion = 'questionId' in value && typeof value.questionId === 'string';
  switch (value.type) {
    case 'study':
    case 'problems':
    case 'loading':
      return true;
    case 'range':
      return 'start' in value && typeof value.start === 'number';
    case 'question':
      return hasQuestion;
    case 'trajectory':
      return hasQuestion && 'index' in value && typeof value.index === 'number';
    default:
      return false;
  }
}

/** The nodes of one study. VS Code knows rows by object, so each row has one for as long as the study is shown. */
export class StudyNodes {
  readonly study: NodeOf<'study'>;
  readonly problems: NodeOf<'problems'>;
  readonly loading: NodeOf<'loading'>;
  readonly #ranges = new Map<number, NodeOf<'range'>>();
  readonly #questions = new Map<string, NodeOf<'question'>>();
  readonly #trajectories = new Map<string, Map<number, NodeOf<'trajectory'>>>();

  constructor(dir: string) {
    this.study = { type: 'study', dir };
    this.problems = { type: 'problems', dir };
    this.loading = { type: 'loading', dir };
  }

  range(start: number): NodeOf<'range'> {
    const { dir } = this.study;
    return made(this.#ranges, start, () => ({ type: 'range', dir, start }));
  }

  question(questionId: string): NodeOf<'question'> {
    const { dir } = this.study;
    return made(this.#questions, questionId, () => ({ type: 'question', dir, questionId }));
  }

  trajectory(questionId: string, index: number): NodeOf<'trajectory'> {
    const { dir } = this.study;
    const ofQuestion = made(
      this.#trajectories,
      questionId,
      () => new Map<number, NodeOf<'trajectory'>>(),
    );
    return made(ofQuestion, index, () => ({ type: 'trajectory', dir, questionId, index }));
  }
}

function made<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const value = make();
  map.set(key, value);
  return value;
}
