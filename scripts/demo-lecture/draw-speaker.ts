// The speaker inset: a small drawn person whose mouth follows the loudness of the speech, who sways, blinks and gestures. It is there
// because real lectures have one, and because a region that never stops moving must not be taken for new slides.

export const SPEAKER = { width: 240, height: 180, left: 1010, top: 506 } as const;

/** Everything that distinguishes one drawing from another; few distinct values, so that drawings can be kept and reused. */
export interface Pose {
  readonly swayPx: number;
  readonly nodPx: number;
  readonly handPx: number;
  /** 0 closed to 3 wide open. */
  readonly mouth: number;
  readonly isBlinking: boolean;
}

/** The pose at `seconds` into the lecture while the speech has the given loudness (0 silent to 1 full). */
export function poseAt(seconds: number, loudness: number): Pose {
  return {
    swayPx: Math.round(3 * Math.sin(seconds * 0.9) + 3 * Math.sin(seconds * 2.3 + 1)),
    nodPx: Math.round(2 * Math.sin(seconds * 1.7)),
    handPx: 4 * Math.round(loudness > 0.05 ? 4 * Math.sin(seconds * 2.1) + 2 * Math.sin(seconds * 0.6) : -4),
    mouth: Math.min(3, Math.round(loudness * 9)),
    isBlinking: seconds % 3.7 < 0.16,
  };
}

export function drawSpeaker(pose: Pose): string {
  const { width, height } = SPEAKER;
  const books = ['#8d5a4a', '#5f7a61', '#c59b4e', '#56708c', '#a8574f', '#6b6285'].map(
    (colour, index) =>
      `<rect x="${14 + index * 13}" y="${26 + (index % 3) * 5}" width="11" height="${42 - (index % 3) * 5}" fill="${colour}"/>`,
  );
  const eye = (x: number): string =>
    pose.isBlinking
      ? `<line x1="${x - 5}" y1="74" x2="${x + 5}" y2="74" stroke="#33241c" stroke-width="2"/>`
      : `<circle cx="${x}" cy="74" r="3.2" fill="#33241c"/>`;
  const glasses =
    '<g fill="none" stroke="#3c4650" stroke-width="2"><circle cx="106" cy="74" r="11"/><circle cx="134" cy="74" r="11"/><path d="M117 73h6"/></g>';
  const mouth =
    pose.mouth === 0
      ? '<path d="M111 98q9 5 18 0" fill="none" stroke="#8f3f38" stroke-width="2.6" stroke-linecap="round"/>'
      : `<ellipse cx="120" cy="98" rx="${10 - pose.mouth}" ry="${1.5 + 2 * pose.mouth}" fill="#7c2f2b"/>`;
  const head =
    '<path d="M82 78q-4 -52 38 -52t38 52q2 26 -4 38h-68q-6 -14 -4 -38z" fill="#3a2a24"/>' +
    '<rect x="108" y="100" width="24" height="30" fill="#dba683"/>' +
    '<ellipse cx="120" cy="76" rx="29" ry="36" fill="#e9b894"/>' +
    '<path d="M90 66q14 -30 38 -24q20 4 23 26q-20 -4 -28 -16q-10 14 -33 14z" fill="#3a2a24"/>' +
    `${eye(106)}${eye(134)}${glasses}<path d="M119 78q-4 10 2 10" fill="none" stroke="#c58f6c" stroke-width="2"/>${mouth}`;
  const hand = `<g transform="translate(0 ${pose.handPx})"><path d="M200 200l-12 -56q14 -8 24 0l8 56z" fill="#2f6067"/><ellipse cx="200" cy="140" rx="14" ry="16" fill="#e9b894"/></g>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<defs><clipPath id="card"><rect width="${width}" height="${height}" rx="18"/></clipPath></defs><g clip-path="url(#card)">` +
    `<rect width="${width}" height="${height}" fill="#cdd6d0"/><rect y="68" width="106" height="7" fill="#a98f6f"/>${books.join('')}` +
    `<rect x="178" y="20" width="44" height="58" fill="#eef3f1" stroke="#a98f6f" stroke-width="4"/>` +
    `<g transform="translate(${pose.swayPx} 0)"><path d="M52 184q2 -58 46 -62l22 12l22 -12q44 4 46 62z" fill="#2f6067"/>` +
    `<g transform="translate(0 ${pose.nodPx})">${head}</g>${hand}</g></g></svg>`
  );
}
