import type { PanelAction } from '../../src/protocol/panel.ts';
import type { Decisions } from './decisions.ts';
import type { Help } from './help.ts';
import type { Navigation } from './navigation.ts';
import type { Reading } from './reading.ts';
import type { ReasonField } from './reasonField.ts';
import type { ScorerComparison } from './scorerComparison.ts';
import type { PanelEvent, PanelState } from './state.ts';

export interface ActionParts {
  state: () => PanelState;
  dispatch: (event: PanelEvent) => void;
  say: (sentence: string) => void;
  zoom: (direction: 'in' | 'out' | 'whole') => void;
  nextAnswer: () => void;
  decisions: Decisions;
  reason: ReasonField;
  reading: Reading;
  scorers: ScorerComparison;
  navigation: Navigation;
  help: Help;
}

/** What each action does. */
export function panelActions(parts: ActionParts): Record<PanelAction, () => void> {
  const { decisions, reading, navigation, state, dispatch, say, zoom } = parts;
  const then = (event: PanelEvent, words: (now: PanelState) => string) => () => {
    dispatch(event);
    say(words(state()));
  };
  const decide = (task: (on: Decisions) => void) => () => {
    task(decisions);
  };
  return {
    choose: decide((on) => {
      on.override('chosen');
    }),
    reject: decide((on) => {
      on.override('rejected');
    }),
    agree: decide((on) => {
      on.judge('agree');
    }),
    swap: decide((on) => {
      on.judge('swap');
    }),
    bothBad: decide((on) => {
      on.judge('both_bad');
    }),
    skip: decide((on) => {
      on.judge('skip');
    }),
    flag: decide((on) => {
      on.flag();
    }),
    note: decide((on) => {
      on.note();
    }),
    correctAnswer: decide((on) => {
      on.correctAnswer();
    }),
    mergeAnswers: decide((on) => {
      on.mergeAnswers();
    }),
    splitAnswer: decide((on) => {
      on.splitAnswer();
    }),
    answerRules: () => {
      reading.showRules();
    },
    undo: decide((on) => {
      on.takeBack('undo');
    }),
    redo: decide((on) => {
      on.takeBack('redo');
    }),
    reason: () => {
      parts.reason.focus();
    },
    next: () => {
      navigation.go(1);
    },
    previous: () => {
      navigation.go(-1);
    },
    toggleOrder: then({ type: 'toggleOrder' }, ({ order }) => `Ordered by ${order}.`),
    toggleTable: then({ type: 'toggleTable' }, ({ table }) =>
      table ? 'Table of utilities.' : 'Heatmap.',
    ),
    toggleScorers: () => {
      say(parts.scorers.toggle());
    },
    zoomIn: () => {
      zoom('in');
    },
    zoomOut: () => {
      zoom('out');
    },
    zoomWhole: () => {
      zoom('whole');
    },
    nextAnswer: parts.nextAnswer,
    compare: then({ type: 'toggleCompare' }, ({ compare }) =>
      compare ? 'Differences between the texts.' : 'Texts.',
    ),
    openDiff: () => {
      reading.openDiff();
    },
    toggleContext: () => {
      dispatch({ type: 'context', open: !state().context });
      say(state().context ? 'Context shown.' : 'Context hidden.');
    },
    searchContext: () => {
      reading.searchContext();
    },
    bestPassage: () => {
      reading.bestPassage();
    },
    help: () => {
      parts.help.toggle();
    },
  };
}
