import manifest from '../package.json' with { type: 'json' };

export const SEALONG_VERSION: string = manifest.version;
