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
 *
 * A file is opened once, so that one that is replaced meanwhile stays the one whose size was told; of one that is cut off
 * meanwhile the rest is zeros, and the next reading sees that it is another.
 */
export const READ_PARTS = `
part() {
  size=$(wc -c </dev/fd/3) || return
  size=$((size))
  [ "$from" -le "$size" ] || from=0
  bytes=$((size - from))
  [ "$bytes" -le "$limit" ] || bytes=$limit
  printf '@ %s %s %s %s\\n' "$number" "$from" "$bytes" "$size"
  [ "$bytes" -eq 0 ] || { tail -c "+$((from + 1))" /dev/fd/3 | head -c "$bytes"; cat /dev/zero; } | head -c "$bytes"
  printf '\\n'
}
number=0
printf '%s\\n' "$wanted" | while read -r from limit one; do
  number=$((number + 1))
  [ -f "$one" ] && part 3<"$one"
done
exit 0
`;
