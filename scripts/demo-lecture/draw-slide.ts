// A slide state as an SVG picture of 1280x720: from the content of lecture.ts to shapes and text, in the theme's colours.
// Uses the DejaVu fonts only (Debian: fonts-dejavu-core), so that the pictures are the same wherever they are made.
import type { Curve, Item, Marker, SlideContent, Theme } from './lecture.ts';

export const WIDTH = 1280;
export const HEIGHT = 720;

interface Palette {
  readonly background: string;
  readonly panel: string;
  readonly ink: string;
  readonly soft: string;
  readonly accents: readonly [string, string, string];
}

const palettes: Readonly<Record<Theme, Palette>> = {
  theory: {
    background: '#faf7f0',
    panel: '#efe9dc',
    ink: '#1f2d38',
    soft: '#66727d',
    accents: ['#c2461a', '#1f6f78', '#8a6a12'],
  },
  practice: {
    background: '#14202b',
    panel: '#1e2e3b',
    ink: '#eef3f6',
    soft: '#9fb0bd',
    accents: ['#ffb454', '#5cc8d7', '#ff8298'],
  },
};

const LEFT = 84;
const CONTENT_WIDTH = WIDTH - 2 * LEFT;

/** The state of a slide in which its first `shown` items are visible; `number` is printed in the footer. */
export function drawSlide(slide: SlideContent, shown: number, number: number): string {
  const palette = palettes[slide.theme];
  const body =
    slide.kind === 'cover'
      ? drawCover(slide, palette)
      : drawHeading(slide.title, palette) + drawBody(slide, shown, palette);
  const footer = text(LEFT, 688, `Gradient Descent  ·  ${number}`, { size: 17, fill: palette.soft });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">` +
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="${palette.background}"/>${body}${footer}</svg>`
  );
}

function drawBody(slide: Exclude<SlideContent, { kind: 'cover' }>, shown: number, palette: Palette): string {
  switch (slide.kind) {
    case 'bullets':
      return drawBullets(slide.items.slice(0, shown), palette);
    case 'formulas':
      return drawFormulas(slide.items.slice(0, shown), slide.items.length, palette);
    case 'table':
      return drawTable(slide.columns, slide.rows, slide.note, palette);
    case 'code':
      return drawCode(slide.code, slide.note, palette);
    case 'curves':
      return drawCurves(slide, slide.curves.slice(0, shown), palette);
  }
}

function drawHeading(title: string, palette: Palette): string {
  return (
    rectangle(LEFT, 58, 64, 7, palette.accents[0]) +
    text(LEFT, 122, title, { size: 44, fill: palette.ink, family: 'DejaVu Serif', bold: true })
  );
}

/** Title on the left; on the right the contour lines of a valley with a path that walks down into it. */
function drawCover(slide: Extract<SlideContent, { kind: 'cover' }>, palette: Palette): string {
  const contours = [1, 0.78, 0.58, 0.4, 0.24, 0.1]
    .map(
      (scale) =>
        `<ellipse rx="${310 * scale}" ry="${190 * scale}" fill="none" stroke="${palette.accents[1]}" stroke-width="2.5"/>`,
    )
    .join('');
  const path = [
    [-232, -104],
    [-128, -118],
    [-78, -34],
    [-30, -38],
    [-4, -4],
  ];
  const dots = path.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="9" fill="${palette.accents[0]}"/>`).join('');
  const line = `<polyline points="${path.map((point) => point.join(',')).join(' ')}" fill="none" stroke="${palette.accents[0]}" stroke-width="4"/>`;
  return (
    `<g transform="translate(905 250) rotate(-14)">${contours}${line}${dots}</g>` +
    rectangle(LEFT, 440, 64, 7, palette.accents[0]) +
    text(LEFT, 528, slide.title, { size: 70, fill: palette.ink, family: 'DejaVu Serif', bold: true }) +
    text(LEFT, 584, slide.subtitle, { size: 31, fill: palette.accents[1] }) +
    text(LEFT, 628, slide.note, { size: 22, fill: palette.soft })
  );
}

function drawBullets(items: readonly Item[], palette: Palette): string {
  return items
    .map((item, index) => {
      const y = 218 + index * 108;
      return (
        `<circle cx="${LEFT + 12}" cy="${y - 11}" r="9" fill="${palette.accents[0]}"/>` +
        text(LEFT + 48, y, item.text, { size: 34, fill: palette.ink }) +
        text(LEFT + 48, y + 40, item.remark, { size: 25, fill: palette.soft })
      );
    })
    .join('');
}

/** One panel a line; the last line of the slide, its result, is framed. */
function drawFormulas(items: readonly Item[], total: number, palette: Palette): string {
  return items
    .map((item, index) => {
      const y = 168 + index * 122;
      const isResult = index === total - 1;
      const frame = isResult ? ` stroke="${palette.accents[0]}" stroke-width="4"` : '';
      return (
        `<rect x="${LEFT}" y="${y}" width="860" height="104" rx="12" fill="${palette.panel}"${frame}/>` +
        text(LEFT + 32, y + 47, item.text, { size: 33, fill: palette.ink, bold: isResult }) +
        text(LEFT + 32, y + 83, item.remark, { size: 23, fill: palette.soft })
      );
    })
    .join('');
}

function drawTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  note: string,
  palette: Palette,
): string {
  const columnWidth = CONTENT_WIDTH / columns.length;
  const rowHeight = 70;
  const top = 172;
  const drawRow = (cells: readonly string[], index: number): string => {
    const y = top + index * rowHeight;
    const fill = index === 0 ? palette.accents[1] : index % 2 === 1 ? palette.panel : palette.background;
    const ink = index === 0 ? palette.background : palette.ink;
    const texts = cells.map((cell, column) =>
      text(LEFT + column * columnWidth + 26, y + 45, cell, { size: 27, fill: ink, bold: index === 0 }),
    );
    return rectangle(LEFT, y, CONTENT_WIDTH, rowHeight, fill) + texts.join('');
  };
  const bottom = top + (rows.length + 1) * rowHeight;
  return (
    [columns, ...rows].map(drawRow).join('') +
    rectangle(LEFT, bottom, CONTENT_WIDTH, 3, palette.accents[1]) +
    text(LEFT, bottom + 56, note, { size: 24, fill: palette.soft })
  );
}

const PYTHON_KEYWORDS = /\b(import|as|def|for|in|return)\b/g;

function drawCode(code: readonly string[], note: string, palette: Palette): string {
  const lines = code.map((line, index) => {
    const coloured = escapeXml(line).replace(PYTHON_KEYWORDS, `<tspan fill="${palette.accents[1]}">$1</tspan>`);
    return (
      `<text x="${LEFT + 36}" y="${222 + index * 46}" xml:space="preserve" font-family="DejaVu Sans Mono" ` +
      `font-size="28" fill="${palette.ink}">${coloured}</text>`
    );
  });
  return (
    `<rect x="${LEFT}" y="168" width="${CONTENT_WIDTH}" height="${code.length * 46 + 36}" rx="14" fill="${palette.panel}"/>` +
    lines.join('') +
    text(LEFT, 650, note, { size: 24, fill: palette.soft })
  );
}

const PLOT = { left: 170, top: 196, width: 690, height: 392 };

function drawCurves(
  slide: Extract<SlideContent, { kind: 'curves' }>,
  curves: readonly Curve[],
  palette: Palette,
): string {
  const { x, y } = slide.axes;
  const along = (value: number, ticks: readonly number[]): number => (value - ticks[0]!) / (ticks.at(-1)! - ticks[0]!);
  const toX = (value: number): number => PLOT.left + PLOT.width * along(value, x.ticks);
  const yTicks = y.log ? y.ticks.map(Math.log10) : y.ticks;
  const toY = (value: number): number =>
    PLOT.top + PLOT.height * (1 - along(y.log ? Math.log10(value) : value, yTicks));
  const label = { size: 20, fill: palette.soft };

  const grid =
    y.ticks
      .map((tick) => line(PLOT.left, toY(tick), PLOT.left + PLOT.width, toY(tick), palette.panel, 2))
      .concat(y.ticks.map((tick) => text(PLOT.left - 16, toY(tick) + 7, String(tick), { ...label, anchor: 'end' })))
      .join('') +
    x.ticks
      .map((tick) => text(toX(tick), PLOT.top + PLOT.height + 32, String(tick), { ...label, anchor: 'middle' }))
      .join('');
  const axes =
    line(PLOT.left, PLOT.top, PLOT.left, PLOT.top + PLOT.height, palette.soft, 3) +
    line(PLOT.left, PLOT.top + PLOT.height, PLOT.left + PLOT.width, PLOT.top + PLOT.height, palette.soft, 3) +
    text(PLOT.left + PLOT.width, PLOT.top + PLOT.height + 64, x.label, { size: 23, fill: palette.ink, anchor: 'end' }) +
    text(PLOT.left - 8, PLOT.top - 20, y.label, { size: 23, fill: palette.ink });
  const drawn = curves.map((curve, index) => {
    const colour = palette.accents[index]!;
    const points = curve.points.map(([px, py]) => `${toX(px).toFixed(1)},${toY(py).toFixed(1)}`).join(' ');
    const legendY = 240 + index * 62;
    return (
      `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="5" stroke-linejoin="round" stroke-linecap="round"/>` +
      rectangle(904, legendY - 13, 38, 8, colour) +
      text(956, legendY, curve.label, { size: 24, fill: palette.ink })
    );
  });
  const drawMarker = (marker: Marker): string =>
    `<circle cx="${toX(marker.x)}" cy="${toY(marker.y)}" r="11" fill="${palette.ink}"/>` +
    text(toX(marker.x) + 24, toY(marker.y) - 30, marker.label, { size: 24, fill: palette.ink });
  return grid + axes + drawn.join('') + slide.markers.map(drawMarker).join('');
}

interface TextStyle {
  readonly size: number;
  readonly fill: string;
  readonly family?: string;
  readonly bold?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
}

function text(x: number, y: number, content: string, style: TextStyle): string {
  return (
    `<text x="${x}" y="${y}" font-family="${style.family ?? 'DejaVu Sans'}" font-size="${style.size}" fill="${style.fill}" ` +
    `font-weight="${style.bold === true ? 'bold' : 'normal'}" text-anchor="${style.anchor ?? 'start'}">${escapeXml(content)}</text>`
  );
}

function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`;
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string, width: number): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${stroke}" stroke-width="${width}"/>`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
