const SHA256 = `
sha256_of() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1" | cut -d' ' -f1
  else shasum -a 256 <"$1" | cut -d' ' -f1; fi
}
`;

/** A line a file of \`$paths\` that is there: its hash and its path. */
export const HASHES = `${SHA256}
printf '%s\\n' "$paths" | while IFS= read -r one; do
  [ -f "$one" ] && printf '%s %s\\n' "$(sha256_of "$one")" "$one"
done
exit 0
`;

/** Puts a sent file in its place where its hash holds; what is damaged goes, so that the next try begins anew. */
export const FINISH_UPLOAD = `${SHA256}
if [ "$(sha256_of "$part")" = "$sha256" ]; then mv -f -- "$part" "$remote"; exit; fi
rm -f -- "$part"
echo 'what arrived differs from what was sent; run this again' >&2
exit 1
`;

/**
 * Parts of files from an offset on. A line of \`$wanted\` is \`FROM LIMIT PATH\`; each answer is a line \`@ NUMBER FROM
 * BYTES SIZE\` and as many bytes. A file that is shorter than FROM is given from its beginning; one that is not there, not.
 */
export const READ_PARTS = `
number=0
printf '%s\\n' "$wanted" | while read -r from limit one; do
  number=$((number + 1))
  [ -f "$one" ] || continue
  size=$(wc -c <"$one") || continue
  size=$((size))
  [ "$from" -le "$size" ] || from=0
  bytes=$((size - from))
  [ "$bytes" -le "$limit" ] || bytes=$limit
  printf '@ %s %s %s %s\\n' "$number" "$from" "$bytes" "$size"
  [ "$bytes" -eq 0 ] || tail -c "+$((from + 1))" -- "$one" | head -c "$bytes"
  printf '\\n'
done
exit 0
`;
