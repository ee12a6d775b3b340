/** A command as package.json declares it; the unit test of this table compares both. */
export interface CommandDeclaration {
  /** Shown after "SeaLong: ". */
  title: string;
  icon?: string;
  enablement?: string;
  /** Whether the palette lists it: always, never, or under a condition. */
  palette: true | false | string;
}

/** Every command of the extension; its id is `sealong.` and the name. */
export const COMMANDS = {
  createStudy: { title: 'Create Study...', icon: '$(add)', palette: true },
  importQuestions: {
    title: 'Import Questions...',
    icon: '$(cloud-upload)',
    palette: 'sealong.stage != none',
  },
  importDataset: {
    title: 'Import Preference or SFT Data...',
    palette: 'sealong.stage != none',
  },
  synthesisReport: { title: 'Synthesis Report', palette: 'sealong.stage != none' },
  sample: { title: 'Sample Trajectories', icon: '$(play)', palette: 'sealong.stage != none' },
  resumeSampling: {
    title: 'Resume Sampling',
    icon: '$(debug-continue)',
    palette: 'sealong.interrupted && !sealong.running',
  },
  score: { title: 'Score', icon: '$(symbol-numeric)', palette: 'sealong.stage != none' },
  scoreWith: { title: 'Score with...', palette: 'sealong.stage != none' },
  showScorer: { title: 'Show Scorer...', palette: 'sealong.stage != none' },
  exportPairs: { title: 'Export Pairs...', icon: '$(export)', palette: 'sealong.stage != none' },
  report: { title: 'Report', icon: '$(graph)', palette: 'sealong.stage != none' },
  changePolicy: {
    title: 'Pair Policy...',
    icon: '$(settings)',
    palette: 'sealong.stage != none',
  },
  dashboard: {
    title: 'Review Dashboard',
    icon: '$(dashboard)',
    palette: 'sealong.stage != none',
  },
  openDisputed: { title: 'Open Questions in Dispute', palette: 'sealong.stage != none' },
  openQuestion: {
    title: 'Open Question...',
    icon: '$(open-preview)',
    palette: 'sealong.stage != none',
  },
  openQuestionBeside: {
    title: 'Open Question to the Side...',
    icon: '$(split-horizontal)',
    palette: 'sealong.stage != none',
  },
  openSmallestMargin: {
    title: 'Open Question with Smallest Margin',
    palette: 'sealong.stage != none',
  },
  nextQuestion: { title: 'Next Question', icon: '$(arrow-down)', palette: 'sealong.panelOpen' },
  previousQuestion: {
    title: 'Previous Question',
    icon: '$(arrow-up)',
    palette: 'sealong.panelOpen',
  },
  openTrajectory: { title: 'Open Trajectory', icon: '$(go-to-file)', palette: false },
  openContext: { title: 'Open Context', icon: '$(book)', palette: 'sealong.panelOpen' },
  chooseTrajectory: { title: 'Make Chosen', icon: '$(check)', palette: 'sealong.panelOpen' },
  rejectTrajectory: { title: 'Make Rejected', icon: '$(close)', palette: 'sealong.panelOpen' },
  undo: { title: 'Undo Decision', icon: '$(discard)', palette: 'sealong.panelOpen' },
  redo: { title: 'Redo Decision', icon: '$(redo)', palette: 'sealong.panelOpen' },
  agree: { title: 'Agree with Pair', palette: 'sealong.panelOpen' },
  swapPair: { title: 'Swap Chosen and Rejected', palette: 'sealong.panelOpen' },
  bothBad: { title: 'Both Bad: Leave Pair Out', palette: 'sealong.panelOpen' },
  skipQuestion: { title: 'Skip Question', palette: 'sealong.panelOpen' },
  flagQuestion: { title: 'Flag Question or Take Flag Away', palette: 'sealong.panelOpen' },
  addNote: { title: 'Add Note...', palette: 'sealong.panelOpen' },
  giveReason: { title: 'Give Reason for Next Decision...', palette: 'sealong.panelOpen' },
  changeRowOrder: { title: 'Change Order of Rows', palette: 'sealong.panelOpen' },
  toggleTable: { title: 'Show Table or Heatmap', palette: 'sealong.panelOpen' },
  toggleScorers: { title: 'Show Scorers Side by Side', palette: 'sealong.panelOpen' },
  zoomIn: { title: 'Zoom into Heatmap', palette: 'sealong.panelOpen' },
  zoomOut: { title: 'Zoom out of Heatmap', palette: 'sealong.panelOpen' },
  zoomWhole: { title: 'Show Whole Heatmap', palette: 'sealong.panelOpen' },
  nextAnswer: { title: 'Show Rows of Next Answer', palette: 'sealong.panelOpen' },
  correctAnswer: { title: 'Correct Answer of Row...', palette: 'sealong.panelOpen' },
  mergeAnswers: { title: 'Merge Answers...', palette: 'sealong.panelOpen' },
  splitAnswer: { title: 'Split Answer of Row...', palette: 'sealong.panelOpen' },
  answerRules: { title: 'Answer Rules...', palette: 'sealong.stage != none' },
  compareTexts: { title: 'Show Differences or Texts', palette: 'sealong.panelOpen' },
  openDiff: { title: 'Open Pair in Diff Editor', icon: '$(diff)', palette: 'sealong.panelOpen' },
  toggleContext: { title: 'Show or Hide Context in Panel', palette: 'sealong.panelOpen' },
  searchContext: { title: 'Search Context in Panel', palette: 'sealong.panelOpen' },
  bestPassage: { title: 'Go to Best Passage', palette: 'sealong.panelOpen' },
  showKeys: { title: 'Show Keys of Question Panel', palette: 'sealong.panelOpen' },
  chooseView: {
    title: 'Choose View...',
    icon: '$(list-filter)',
    palette: 'sealong.stage != none',
  },
  filterQuestions: {
    title: 'Filter Questions...',
    icon: '$(filter)',
    palette: 'sealong.stage != none',
  },
  sortQuestions: {
    title: 'Sort Questions...',
    icon: '$(list-ordered)',
    palette: 'sealong.stage != none',
  },
  mixIn: { title: 'Mix in at Random...', palette: 'sealong.stage != none' },
  saveView: { title: 'Save View...', icon: '$(save)', palette: 'sealong.stage != none' },
  clearView: {
    title: 'Show All Questions',
    icon: '$(clear-all)',
    palette: 'sealong.stage != none',
  },
  showProblems: { title: 'Show Problems', icon: '$(warning)', palette: false },
  trainOnCluster: {
    title: 'Train on Cluster...',
    icon: '$(rocket)',
    palette: 'sealong.stage != none',
  },
  trainSweep: {
    title: 'Train Sweep on Cluster...',
    icon: '$(run-all)',
    palette: 'sealong.stage != none',
  },
  cancelSweep: {
    title: 'Cancel Sweep...',
    icon: '$(stop-circle)',
    palette: 'sealong.hasJobs',
  },
  fetchSweep: {
    title: 'Fetch Adapters of Sweep',
    icon: '$(cloud-download)',
    palette: 'sealong.hasJobs',
  },
  testCluster: { title: 'Test Cluster...', icon: '$(pulse)', palette: 'sealong.stage != none' },
  followJobs: { title: 'Follow Jobs', icon: '$(eye)', palette: 'sealong.hasJobs' },
  showTraining: { title: 'Training Charts', icon: '$(graph-line)', palette: 'sealong.hasJobs' },
  showJobLog: { title: 'Show Job Log', icon: '$(output)', palette: 'sealong.hasJobs' },
  showJobScript: { title: 'Show Job Script', icon: '$(file-code)', palette: 'sealong.hasJobs' },
  cancelJob: { title: 'Cancel Job...', icon: '$(stop-circle)', palette: 'sealong.hasJobs' },
  resumeJob: { title: 'Resume Job...', icon: '$(debug-continue)', palette: 'sealong.hasJobs' },
  requeueJob: {
    title: 'Put Job Back into Queue...',
    icon: '$(debug-restart)',
    palette: 'sealong.hasJobs',
  },
  extendJob: { title: 'Extend Job...', icon: '$(add)', palette: 'sealong.hasJobs' },
  showLineage: { title: 'Show Lineage', icon: '$(git-commit)', palette: 'sealong.hasJobs' },
  fetchAdapter: {
    title: 'Fetch Adapter',
    icon: '$(cloud-download)',
    palette: 'sealong.hasJobs',
  },
  startServer: {
    title: 'Start Server on Cluster...',
    icon: '$(server-environment)',
    palette: 'sealong.stage != none',
  },
  connectServer: {
    title: 'Connect to Server on Cluster',
    icon: '$(plug)',
    palette: 'sealong.hasJobs',
  },
  stopServer: {
    title: 'Stop Server on Cluster...',
    icon: '$(debug-stop)',
    palette: 'sealong.hasJobs',
  },
  cleanJob: { title: 'Clean Up Remote Files...', icon: '$(trash)', palette: 'sealong.hasJobs' },
  selectEndpoint: { title: 'Select Endpoint...', icon: '$(server)', palette: true },
  testEndpoint: { title: 'Test Endpoint...', icon: '$(pulse)', palette: true },
  setApiKey: { title: 'Set API Key...', icon: '$(key)', palette: true },
  startEmbedded: { title: 'Start Embedded Model', palette: '!sealong.embeddedRunning' },
  stopEmbedded: { title: 'Stop Embedded Model', palette: 'sealong.embeddedRunning' },
  showLog: { title: 'Show Log', icon: '$(output)', palette: true },
  cancelRun: { title: 'Cancel Run', icon: '$(stop-circle)', palette: 'sealong.running' },
  refresh: { title: 'Refresh', icon: '$(refresh)', palette: 'sealong.stage != none' },
} as const satisfies Record<string, CommandDeclaration>;

export type CommandName = keyof typeof COMMANDS;

export function commandId(name: CommandName): string {
  return `sealong.${name}`;
}
