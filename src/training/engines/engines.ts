import { SealongError } from '../../errors.ts';
import { axolotl } from './axolotl.ts';
import type { Engine } from './engine.ts';
import { llamaFactory } from './llamaFactory.ts';
import { swift } from './swift.ts';
import { trl } from './trl.ts';
import { xtuner } from './xtuner.ts';

/** The engines that there are; adding one is a file and a word here. */
export const ENGINES: readonly Engine[] = [trl, llamaFactory, swift, axolotl, xtuner];

/** @throws SealongError `usage`, listing the engines. */
export function engineNamed(name: string): Engine {
  const found = ENGINES.find((engine) => engine.name === name);
  if (found) return found;
  throw new SealongError(
    'usage',
    `The engine "${name}" is not known. There are: ${ENGINES.map((engine) => engine.name).join(', ')}. Without --engine the trainer of SeaLong is used.`,
  );
}
