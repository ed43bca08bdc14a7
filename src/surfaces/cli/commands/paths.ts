// lectern paths: where Lectern keeps and looks for things on this machine.
import path from 'node:path';
import type { Command } from 'commander';
import { defaultConfigFile, modelFolders, snapshotSettings } from '../../../config-folders.ts';
import { DATABASE_FILE } from '../../../store/database-file.ts';
import { configOf, forExample, withCommonOptions, type CommonOptions } from '../common.ts';
import { print, printJson } from '../print.ts';

export function registerPaths(program: Command): void {
  withCommonOptions(
    program
      .command('paths')
      .description('where Lectern keeps and looks for things')
      .addHelpText('after', forExample('paths')),
  ).action((options: CommonOptions) => {
    const config = configOf(options);
    const snapshots = snapshotSettings(config)?.folder;
    const paths = {
      library: config.library,
      database: path.join(config.library, DATABASE_FILE),
      models: modelFolders(config)[0]!,
      ...(snapshots !== undefined && { snapshots }),
      config: options.config ? path.resolve(options.config) : defaultConfigFile(),
      program: path.resolve(import.meta.dirname, '../../../..'),
    };
    if (options.json) printJson(paths);
    else for (const [name, place] of Object.entries(paths)) print(`${name.padEnd(10)}${place}`);
  });
}
