import type { Uri } from 'vscode';
import { unpackedQuestions } from '../../../../src/clusters/packedQuestions.ts';
import { placedAnswers } from '../../../../src/clusters/placedAnswers.ts';
import { FollowedStudy } from '../../../../src/editor/store/followedStudy.ts';
import type { ChangedQuestions } from '../../../../src/editor/store/changeBuffer.ts';
import type { Scanner } from '../../../../src/editor/store/scanClient.ts';
import { scanStudy } from '../../../../src/editor/store/scanStudy.ts';
import { TimeSlices } from '../../../../src/editor/store/timeSlices.ts';
import type { ScanEvent } from '../../../../src/protocol/scan.ts';

/** Scans in this thread; keeps the events of the latest scan. */
export class DirectScanner implements Scanner {
  events: ScanEvent[] = [];
  scans = 0;
  clustered = 0;

  cluster: Scanner['cluster'] = (questions) => {
    const inputs = unpackedQuestions(questions);
    this.clustered += inputs.length;
    return Promise.resolve(inputs.map(placedAnswers));
  };

  scan: Scanner['scan'] = async (dir, marks, receiver, only) => {
    this.events = [];
    this.scans += 1;
    for await (const event of scanStudy(dir, marks, new AbortController().signal, only)) {
      this.events.push(event);
      if (event.type === 'begin') receiver.begin(event.anew);
      else if (event.type === 'batch') await receiver.batch(event.batch);
      else return event.result;
    }
    throw new Error('The scan did not end.');
  };
}

export function follow(
  dir: string,
  scanner: Scanner = new DirectScanner(),
  slices = new TimeSlices(),
) {
  const changes: ChangedQuestions[] = [];
  const study = new FollowedStudy(dir, uri(dir), {
    scanner,
    slices,
    changed: (questions) => changes.push(questions),
    clustered: () => undefined,
    log: () => undefined,
  });
  return { study, changes };
}

function uri(path: string): Uri {
  const parts = { scheme: 'file', authority: '', path, query: '', fragment: '', fsPath: path };
  // Only VS Code can make a real one.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
  return { ...parts, with: () => uri(path), toJSON: () => parts };
}
