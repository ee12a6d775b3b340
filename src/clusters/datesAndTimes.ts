const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august'],
  ...['september', 'october', 'november', 'december'],
];
const MONTH = `(${MONTHS.map((name) => `${name.slice(0, 3)}(?:${name.slice(3)})?`).join('|')}|sept)`;
const DAY = '(\\d{1,2})(?:st|nd|rd|th)?';
const DAY_MONTH_YEAR = new RegExp(`\\b${DAY}(?: of)? ${MONTH}\\.?,? (\\d{4})\\b`, 'g');
const MONTH_DAY_YEAR = new RegExp(`\\b${MONTH}\\.? ${DAY},? (\\d{4})\\b`, 'g');
const YEAR_FIRST = /\b(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\b/g;
/** With points the day comes first, wherever it is written so; with slashes that differs by country. */
const WITH_POINTS = /\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b/g;
const TWELVE_HOURS = /\b(\d{1,2})(?:[:.]([0-5]\d))?\s?([ap])\.?\s?m\b\.?/g;
const TWENTY_FOUR_HOURS = /\b([01]?\d|2[0-3]):([0-5]\d)\b(?!:)/g;

/** With whole dates in one order. */
export function withDates(lower: string): string {
  const date = (year: string, month: number, day: string) =>
    ` ${year}y${String(month).padStart(2, '0')}m${day.padStart(2, '0')}d `;
  const monthOf = (name: string) =>
    MONTHS.findIndex((month) => month.startsWith(name.slice(0, 3))) + 1;
  return lower
    .replace(YEAR_FIRST, (_, year: string, _mark: string, month: string, day: string) =>
      date(year, Number(month), day),
    )
    .replace(WITH_POINTS, (whole, day: string, month: string, year: string) =>
      Number(month) > 12 ? whole : date(year, Number(month), day),
    )
    .replace(DAY_MONTH_YEAR, (_, day: string, month: string, year: string) =>
      date(year, monthOf(month), day),
    )
    .replace(MONTH_DAY_YEAR, (_, month: string, day: string, year: string) =>
      date(year, monthOf(month), day),
    );
}

/** With times of the day by 24 hours: "6:45 pm" as "18:45". */
export function withTimes(lower: string): string {
  const time = (hours: number, minutes: string) => `t${String(hours).padStart(2, '0')}${minutes}`;
  return lower
    .replace(TWELVE_HOURS, (whole, hours: string, minutes: string | undefined, half: string) => {
      const hour = (Number(hours) % 12) + (half === 'p' ? 12 : 0);
      return Number(hours) > 12 ? whole : ` ${time(hour, minutes ?? '00')} `;
    })
    .replace(TWENTY_FOUR_HOURS, (_, hours: string, minutes: string) =>
      time(Number(hours), minutes),
    );
}
