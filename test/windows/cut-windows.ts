// All windows of a source whose timeline is known to its end.
import { WindowCutter, type PlannedWindow } from '../../src/windows/plan-windows.ts';
import type { Timeline } from '../../src/windows/timeline.ts';
import type { WindowSettings } from '../../src/windows/window-settings.ts';

export function cutWindows(timeline: Timeline, settings: WindowSettings): PlannedWindow[] {
  const cutter = new WindowCutter(timeline.span, settings);
  const windows: PlannedWindow[] = [];
  while (!cutter.isDone) windows.push(cutter.cut(timeline));
  return windows;
}
