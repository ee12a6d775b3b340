import { answerRules, extractAnswer } from '../../../src/clusters/extractAnswer.ts';
import type {
  PanelAnswers,
  PanelContext,
  PanelQuestion,
  PanelTrajectory,
} from '../../../src/protocol/panel.ts';
import { seededRandom } from '../../../src/random.ts';

const PLANS = [
  'find out who built the lighthouse, then where that person taught, then who founded that college',
  'name the engineer first, then the college where the engineer taught, and last its founder',
  'look for the passages about the lighthouse, the engineer and the college, and join them',
];
const STEPS = [
  'Passage 3 says that the lighthouse on Skerry Point was "raised in nine summers under the eye of Marta Quill".',
  'The lighthouse was designed by Marta Quill, as Passage 3 tells.',
  'According to Passage 3, the engineer of the lighthouse was Marta Quill, who came from the mainland in 1861.',
];
const ENDINGS = [
  {
    fact: 'Passage 9 says that Quill taught geometry at Saint Orla College, and Passage 11 that the college was founded by Thomas Wye in 1822.',
    answer: 'Thomas Wye',
  },
  {
    fact: 'Marta Quill lectured at the Lantern Guild (Passage 6). The Guild goes back to Ada Morven, who gave the house and the money.',
    answer: 'Ada Morven',
  },
  {
    fact: 'The passages do not say where Quill taught, only that she had pupils in town.',
    answer: 'not stated in the passages',
  },
];

/** A scored question whose samples fall into two clusters of answers and a few strays; symmetric utilities. */
export function scoredQuestion(n: number): PanelQuestion {
  const random = seededRandom('panel fixture', n);
  const share = (): number => random.below(1_000_000) / 1_000_000;
  const cluster = Array.from({ length: n }, () => {
    const drawn = share();
    return drawn < 0.58 ? 0 : drawn < 0.9 ? 1 : 2;
  });
  const values = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    values[i * n + i] = 1;
    for (let j = 0; j < i; j++) {
      const near = cluster[i] === cluster[j] && cluster[i] !== 2;
      const value = (near ? 0.86 : 0.66) + (share() - 0.5) * 0.13;
      values[i * n + j] = value;
      values[j * n + i] = value;
    }
  }
  const trajectories = cluster.map((kind, index): PanelTrajectory => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += values[index * n + j] ?? 0;
    const truncated = index % 17 === 5;
    const text = trajectoryText(kind, index, truncated);
    const found = truncated ? undefined : extractAnswer(text, answerRules([]));
    return {
      index,
      text,
      finishReason: truncated ? 'length' : 'stop',
      completionTokens: 180 + random.below(160),
      score: sum / n,
      flaws: truncated ? ['truncated'] : [],
      failed: false,
      cluster: truncated ? null : (['wye', 'morven', null][kind] ?? null),
      wording: truncated ? null : (['Thomas Wye', 'Ada Morven', null][kind] ?? null),
      answerFrom: found ? { ...found, kind: 'rule', own: false } : null,
    };
  });
  const order = [...trajectories].sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  const chosen = order[0] ?? null;
  const rejected = order[Math.floor(n * 0.8)] ?? null;
  return {
    study: 'skerry',
    questionId: 'q-0417',
    question:
      'Who founded the college where the engineer of the lighthouse on Skerry Point taught?',
    contextTokens: 6204,
    documents: [
      { title: 'The Skerry Point Light', related: true },
      { title: 'Saint Orla College', related: true },
      ...Array.from({ length: 12 }, (_, i) => ({
        title: `Harbour Notes ${i + 1}`,
        related: false,
      })),
    ],
    position: { at: 12, of: 214, view: null },
    blind: false,
    renumbered: false,
    scorer: 'mbr_embedding',
    expected: n,
    trajectories,
    scorers: null,
    matrix: { indices: trajectories.map(({ index }) => index), values, symmetric: true },
    matrixMissing: null,
    pair: {
      chosen: chosen && { index: chosen.index, by: { kind: 'policy' } },
      rejected: rejected && { index: rejected.index, by: { kind: 'policy' } },
      source: 'policy',
      policy: { chosen: chosen?.index ?? null, rejected: rejected?.index ?? null },
      margin: (chosen?.score ?? 0) - (rejected?.score ?? 0),
      leftOut: null,
      disputed: [],
    },
    answers: answersOf(trajectories),
    decisions: [],
    flagged: false,
    canUndo: false,
    canRedo: false,
    reviewer: 'mara',
    reasons: ['wrong final answer', 'claim no passage supports', 'cut off', 'better reasoning'],
    readOnly: null,
  };
}

/** The same question, scored by three: two put the first row first, the third draws by lot. */
export function comparedQuestion(n: number): PanelQuestion {
  const question = scoredQuestion(n);
  const random = seededRandom('other scorers', n);
  const scored = question.trajectories.map(({ index, score }) => ({ index, score: score ?? 0 }));
  const ranked = (scores: typeof scored) => {
    const falling = [...scores].sort((a, b) => b.score - a.score);
    return {
      winner: falling[0]?.index ?? 0,
      standings: scores.map((of) => ({ ...of, rank: falling.indexOf(of) + 1 })),
    };
  };
  const drawn = scored.map(({ index }) => ({ index, score: random.below(1000) / 1000 }));
  const scorers = [
    { scorer: 'mbr_embedding', ...ranked(scored) },
    { scorer: 'mbr_rouge', ...ranked(scored.map((of) => ({ ...of, score: of.score / 2 }))) },
    { scorer: 'random', ...ranked(drawn) },
  ];
  const [same, , other] = scorers.map(({ winner }) => winner);
  const unlike = { sameWinner: false, spearman: -0.214, kendall: -0.143 };
  return {
    ...question,
    scorers: {
      scorers,
      winners: [
        { indices: [same ?? 0], scorers: ['mbr_embedding', 'mbr_rouge'] },
        { indices: [other ?? 0], scorers: ['random'] },
      ],
      pairs: [
        { scorers: ['mbr_embedding', 'mbr_rouge'], sameWinner: true, spearman: 1, kendall: 1 },
        { scorers: ['mbr_embedding', 'random'], ...unlike },
        { scorers: ['mbr_rouge', 'random'], ...unlike, kendall: null },
      ],
    },
  };
}

/** The same question as a reviewer sees it who is to judge unswayed. */
export function blindQuestion(n: number): PanelQuestion {
  const question = scoredQuestion(n);
  return {
    ...question,
    blind: true,
    scorer: null,
    trajectories: question.trajectories.map((trajectory) => ({ ...trajectory, score: null })),
    matrix: null,
    matrixMissing: 'This study is reviewed blind: scores and utilities are hidden.',
    pair: {
      ...question.pair,
      ...{ chosen: null, rejected: null, policy: { chosen: null, rejected: null }, margin: null },
    },
  };
}

/** A passage a document; the texts say what the samples claim, or are about ships. */
export function contextOf({ documents }: PanelQuestion): PanelContext {
  const known: Partial<Record<string, string>> = {
    'The Skerry Point Light':
      'The Skerry Point Light stands where the reef begins. It was raised in nine summers under the eye of Marta Quill, an engineer who came from the mainland in 1861.',
    'Saint Orla College':
      'Saint Orla College was founded by Thomas Wye in 1822. Among those who taught geometry there was Marta Quill, after her work on the lighthouse was done.',
  };
  return {
    passages: documents.map(({ title, related }, i) => ({
      number: i + 1,
      title,
      related,
      text: `${title}\n${known[title] ?? `In the year ${1840 + i} the harbour took in ${30 + i} ships with timber, salt and grain. The pilots met on Mondays, and the harbour master wrote down the depth of the channel.`}`,
    })),
  };
}

function answersOf(trajectories: readonly PanelTrajectory[]): PanelAnswers {
  const count = (cluster: string | null): number =>
    trajectories.filter((trajectory) => trajectory.cluster === cluster).length;
  const clusters = [
    { key: 'wye', label: 'Thomas Wye', count: count('wye') },
    { key: 'morven', label: 'Ada Morven', count: count('morven') },
  ];
  const entropy = clusters.reduce((sum, { count: size }) => {
    const share = size / trajectories.length;
    return sum - (share > 0 ? share * Math.log2(share) : 0);
  }, 0);
  return { clusters, unclear: count(null), entropy };
}

/** Samples without scores, one of them failed. */
export function unscoredQuestion(n: number): PanelQuestion {
  const question = scoredQuestion(Math.max(2, n));
  return {
    ...question,
    scorer: null,
    expected: n + 2,
    trajectories: question.trajectories.slice(0, n).map((trajectory) => {
      const failed = trajectory.index === 1;
      return {
        ...trajectory,
        score: null,
        failed,
        flaws: failed ? ['failed'] : [],
        text: failed ? '' : trajectory.text,
        finishReason: failed ? 'server_unreachable' : 'stop',
      };
    }),
    matrix: null,
    matrixMissing:
      'These samples are not scored yet. Run \u201cSeaLong: Score\u201d to see how they agree.',
    pair: {
      chosen: null,
      rejected: null,
      source: 'policy',
      policy: { chosen: null, rejected: null },
      margin: null,
      leftOut: 'the samples are not scored',
      disputed: [],
    },
  };
}

function trajectoryText(kind: number, index: number, truncated: boolean): string {
  const ending = ENDINGS[kind] ?? ENDINGS[2];
  const text = [
    `Plan: ${PLANS[index % PLANS.length] ?? ''}.`,
    '',
    `Step 1. ${STEPS[(index * 7) % STEPS.length] ?? ''}`,
    `Step 2. ${ending?.fact ?? ''}`,
    'Step 3. Nothing else in the context bears on this; the harbour notes are about ships.',
    '',
    `So the answer is ${ending?.answer ?? ''}.`,
  ].join('\n');
  return truncated ? text.slice(0, text.length - 60) : text;
}
