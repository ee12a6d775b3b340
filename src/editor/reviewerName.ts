/**
 * A reviewer's name as it goes into records and the name of their decisions file: letters and digits of any script, ".",
 * "_" and "-"; so it works on every file system and cannot leave the folder.
 */
export function reviewerName(raw: string): string {
  const name = raw
    .normalize('NFC')
    .trim()
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 64);
  // Windows keeps these names for devices, whatever the extension.
  if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)) return `${name}-reviewer`;
  return name === '' ? 'reviewer' : name;
}
