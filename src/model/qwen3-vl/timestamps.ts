// The times that Qwen3-VL reads before each frame group: the mean of its frames' times as `<12.5 seconds>`, one decimal,
// rounded as Python rounds (spec section 3.4). Times are the frames' own, in seconds of the source.

/** C and Python `%.1f`: the exact value of the double decides, and a tie goes to the even digit. */
export function formatTenths(value: number): string {
  if (value < 0 || Object.is(value, -0)) return `-${formatTenths(-value)}`;
  const floor = Math.floor(value);
  // toFixed rounds ties up. A double is a tie only at .25 and .75, and .75 goes up under both rules.
  return value - floor === 0.25 ? `${floor}.2` : value.toFixed(1);
}

/** Mean of the first and last frame of each group; the last frame's time fills the last group. */
export function groupTimes(frameTimes: readonly number[], temporalPatchSize: number): number[] {
  const groups = Math.ceil(frameTimes.length / temporalPatchSize);
  return Array.from({ length: groups }, (_, group) => {
    const first = group * temporalPatchSize;
    const last = Math.min(first + temporalPatchSize, frameTimes.length) - 1;
    return (frameTimes[first]! + frameTimes[last]!) / 2;
  });
}

/** `<12.5 seconds>` */
export function formatTimestamp(seconds: number): string {
  return `<${formatTenths(seconds)} seconds>`;
}
