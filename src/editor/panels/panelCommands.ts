import type { PanelAction } from '../../protocol/panel.ts';
import type { CommandName } from '../commands/commandTable.ts';

/** The command behind each action of the question panel. */
export const PANEL_COMMANDS = {
  choose: 'chooseTrajectory',
  reject: 'rejectTrajectory',
  agree: 'agree',
  swap: 'swapPair',
  bothBad: 'bothBad',
  skip: 'skipQuestion',
  flag: 'flagQuestion',
  note: 'addNote',
  reason: 'giveReason',
  undo: 'undo',
  redo: 'redo',
  next: 'nextQuestion',
  previous: 'previousQuestion',
  toggleOrder: 'changeRowOrder',
  toggleTable: 'toggleTable',
  toggleScorers: 'toggleScorers',
  zoomIn: 'zoomIn',
  zoomOut: 'zoomOut',
  zoomWhole: 'zoomWhole',
  nextAnswer: 'nextAnswer',
  correctAnswer: 'correctAnswer',
  mergeAnswers: 'mergeAnswers',
  splitAnswer: 'splitAnswer',
  answerRules: 'answerRules',
  compare: 'compareTexts',
  openDiff: 'openDiff',
  toggleContext: 'toggleContext',
  searchContext: 'searchContext',
  bestPassage: 'bestPassage',
  help: 'showKeys',
} as const satisfies Record<PanelAction, CommandName>;

/** Actions whose command does more than pass them on to the panel. */
type ActionWithItsOwn = 'choose' | 'reject' | 'undo' | 'redo' | 'next' | 'previous' | 'answerRules';

export type PassedOnCommand = (typeof PANEL_COMMANDS)[Exclude<PanelAction, ActionWithItsOwn>];

/** Handlers of the commands that only pass an action on. */
export function passedOn(act: (action: PanelAction) => void): Record<PassedOnCommand, () => void> {
  const pass = (action: PanelAction) => () => {
    act(action);
  };
  return {
    agree: pass('agree'),
    swapPair: pass('swap'),
    bothBad: pass('bothBad'),
    skipQuestion: pass('skip'),
    flagQuestion: pass('flag'),
    addNote: pass('note'),
    giveReason: pass('reason'),
    changeRowOrder: pass('toggleOrder'),
    toggleTable: pass('toggleTable'),
    toggleScorers: pass('toggleScorers'),
    zoomIn: pass('zoomIn'),
    zoomOut: pass('zoomOut'),
    zoomWhole: pass('zoomWhole'),
    nextAnswer: pass('nextAnswer'),
    correctAnswer: pass('correctAnswer'),
    mergeAnswers: pass('mergeAnswers'),
    splitAnswer: pass('splitAnswer'),
    compareTexts: pass('compare'),
    openDiff: pass('openDiff'),
    toggleContext: pass('toggleContext'),
    searchContext: pass('searchContext'),
    bestPassage: pass('bestPassage'),
    showKeys: pass('help'),
  };
}
